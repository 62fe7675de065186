using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Toe.AspNetCore;
using Toe.Testing;

namespace Toe.WebProbe;

/// <summary>What the site serves.</summary>
internal static class SitePages
{
    private const int Part = 16 * 1024;

    public static void Map(WebApplication site)
    {
        site.UseWebSockets();
        site.MapGrpcService<EchoService>();
        site.MapGet("/text", static () => "hello");
        site.MapGet("/spin", Spin);
        site.MapGet("/connection", Connection);
        site.MapGet("/bytes", BytesAsync);
        site.MapGet("/parts", PartsAsync);
        site.MapGet("/fail", FailAsync);
        site.MapGet("/endless", EndlessAsync);
        site.MapGet("/wait", WaitAsync);
        site.MapGet("/event", static (string name, SiteEvents events, CancellationToken ended) => events.WaitAsync(name, ended));
        site.MapGet("/tell", static (string name, SiteEvents events) => events.Tell(name));
        site.MapGet("/open", static (OpenConnections open) => open.Count);
        site.MapGet("/abort", static (HttpContext context) => context.Abort());
        site.MapPost("/echo", EchoAsync);
        site.MapPost("/sum", (Delegate)SumAsync);
        site.MapPost("/later", LaterAsync);
        site.Map("/socket", WebSocketAsync);
    }

    /// <summary>The same as text, and as much work more.</summary>
    private static string Spin(int nanoseconds)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start).TotalNanoseconds < nanoseconds)
            Thread.SpinWait(1);
        return "hello";
    }

    private static IResult Connection(HttpContext context)
    {
        var connection = context.Features.Get<IToeConnectionFeature>()?.Connection;
        return Results.Json(new ConnectionPage(
            context.Connection.Id,
            context.Request.Protocol,
            $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}",
            $"{context.Connection.LocalIpAddress}:{context.Connection.LocalPort}",
            connection?.Placement.AdapterId,
            connection?.Placement.Reason.Name,
            connection?.Trace.ToString()));
    }

    private static async Task BytesAsync(HttpContext context, long size)
    {
        context.Response.ContentLength = size;
        var pattern = new Pattern(1);
        for (long position = 0; position < size;)
        {
            var length = (int)Math.Min(Part, size - position);
            pattern.Fill(context.Response.BodyWriter.GetSpan(length)[..length], position);
            context.Response.BodyWriter.Advance(length);
            position += length;
            if (position == size || context.Response.BodyWriter.UnflushedBytes > 4 * Part)
                await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Sends a part, and the other when it is told to.</summary>
    private static async Task PartsAsync(HttpContext context, string name, SiteEvents events)
    {
        await context.Response.WriteAsync("first ");
        await context.Response.Body.FlushAsync();
        await events.WaitAsync(name + ":go", context.RequestAborted);
        await context.Response.WriteAsync("second");
    }

    /// <summary>Fails in the middle of its answer.</summary>
    private static async Task FailAsync(HttpContext context)
    {
        await context.Response.WriteAsync("a part");
        await context.Response.Body.FlushAsync();
        throw new InvalidOperationException("on purpose");
    }

    /// <summary>Reads nothing of the body until it is told to, and tells its sum then.</summary>
    private static async Task<string> LaterAsync(HttpContext context, string name, SiteEvents events)
    {
        events.Tell(name + ":began");
        await events.WaitAsync(name + ":go", context.RequestAborted);
        return await SumAsync(context);
    }

    /// <summary>Sends a pattern until the client is gone; tells how far it came when it had to wait for a moment, and how it ended.</summary>
    private static async Task EndlessAsync(HttpContext context, string name, SiteEvents events)
    {
        var pattern = new Pattern(1);
        var part = new byte[Part];
        long sent = 0;
        try
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                pattern.Fill(part, sent);
                var writing = context.Response.Body.WriteAsync(part, context.RequestAborted).AsTask();
                if (await Task.WhenAny(writing, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System)) != writing)
                    events.Tell(name + ":waits", sent.ToString(CultureInfo.InvariantCulture));
                await writing;
                sent += part.Length;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            // That is how it ends.
        }

        events.Tell(name + ":ended", context.RequestAborted.IsCancellationRequested ? "aborted" : "failed");
    }

    /// <summary>Answers when it is told to, or tells that the client has gone.</summary>
    private static async Task WaitAsync(HttpContext context, string name, SiteEvents events)
    {
        events.Tell(name + ":began");
        try
        {
            await events.WaitAsync(name + ":go", context.RequestAborted);
            await context.Response.WriteAsync("done");
        }
        catch (OperationCanceledException)
        {
            events.Tell(name + ":ended", "aborted");
        }
    }

    private static async Task EchoAsync(HttpContext context)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        await context.Response.StartAsync();
        await context.Request.BodyReader.CopyToAsync(context.Response.BodyWriter, context.RequestAborted);
    }

    private static async Task<string> SumAsync(HttpContext context)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            foreach (var segment in read.Buffer)
                hash.AppendData(segment.Span);
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    private static async Task WebSocketAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = ArrayPool<byte>.Shared.Rent(Part);
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            if (received.MessageType == WebSocketMessageType.Close)
                break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
