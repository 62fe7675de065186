using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Toe;
using Toe.AspNetCore;
using Toe.Emulated;

namespace GrpcOverToe;

/// <summary>A gRPC server on Kestrel. Two lines put it on the stack: <c>AddToe</c> and <c>UseToe</c>.</summary>
internal static class SumsServer
{
    /// <summary>The header that tells a client where the server's end of its connection runs.</summary>
    public const string PlacementHeader = "toe-placement";

    /// <summary>The header that tells a client which of its connections that is.</summary>
    public const string PeerHeader = "toe-peer";

    public static WebApplication Build(EmulatedProvider provider)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddToe(toe => toe.AddEmulated(provider));
        builder.WebHost.UseToe();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        var server = builder.Build();
        server.Use(TellPlacement);
        server.MapGrpcService<SumsService>();
        return server;
    }

    private static Task TellPlacement(HttpContext context, RequestDelegate next)
    {
        var connection = context.Features.Get<IToeConnectionFeature>()!.Connection;
        context.Response.Headers[PlacementHeader] = connection.Placement.ToString();
        context.Response.Headers[PeerHeader] = connection.RemoteEndPoint.ToString();
        return next(context);
    }
}
