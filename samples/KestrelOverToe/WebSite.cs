using System.Net;
using System.Security.Cryptography;
using Toe;
using Toe.AspNetCore;
using Toe.Emulated;

namespace KestrelOverToe;

/// <summary>A small site and its API. Two lines make it one of the stack's: <c>AddToe</c> and <c>UseToe</c>.</summary>
internal static class WebSite
{
    private const int Mebibyte = 1024 * 1024;

    public static WebApplication Build(EmulatedLinkOptions link, IPAddress address, int httpPort, int httpsPort)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddToe(toe => toe.AddEmulated(link));
        builder.WebHost.UseToe();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(address, httpPort);
            kestrel.Listen(address, httpsPort, static endpoint => endpoint.UseHttps(SelfMadeCertificate.Create()));
        });
        builder.Services.AddHealthChecks().AddToe();
        var site = builder.Build();
        site.MapGet("/", static () => Results.Stream(typeof(WebSite).Assembly.GetManifestResourceStream("index.html")!, "text/html; charset=utf-8"));
        site.MapGet("/api/me", Describe);
        site.MapGet("/api/connections", static (IToeStack stack) => stack.Connections.Select(static connection => Line(connection)).OrderBy(static line => line.Id));
        site.MapGet("/download/{mebibytes:range(1,1024)}", DownloadAsync);
        site.MapPost("/upload", static async (Stream body) => Convert.ToHexStringLower(await SHA256.HashDataAsync(body)));
        site.MapHealthChecks("/health");
        return site;
    }

    private static Me Describe(HttpContext context)
    {
        var connection = context.Features.Get<IToeConnectionFeature>()!.Connection;
        return new Me(Line(connection), context.Request.Protocol, context.Request.IsHttps, connection.Trace.ToString());
    }

    private static Line Line(ToeConnection connection)
    {
        var info = connection.GetInfo();
        return new Line(
            info.Id, info.Remote.ToString(), info.State.ToString(), info.Placement.AdapterId ?? "HostStack", info.Placement.Reason.IsNone ? "" : info.Placement.Reason.ToString(),
            info.BytesReceived, info.BytesSent, info.RoundTripTime?.TotalMicroseconds);
    }

    private static async Task DownloadAsync(HttpContext context, int mebibytes)
    {
        context.Response.ContentLength = (long)mebibytes * Mebibyte;
        var part = new byte[64 * 1024];
        for (var sent = 0; sent < mebibytes * (Mebibyte / part.Length); sent++)
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
    }
}
