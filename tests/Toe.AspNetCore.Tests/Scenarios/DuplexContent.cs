using System.Net;

namespace Toe.AspNetCore.Tests.Scenarios;

/// <summary>A body that is sent while the answer is read; the framework's own are sent to their end before.</summary>
internal sealed class DuplexContent(ReadOnlyMemory<byte> body) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        await stream.WriteAsync(body, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
