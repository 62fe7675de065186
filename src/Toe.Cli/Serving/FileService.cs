using System.Globalization;
using System.Text;

namespace Toe.Cli.Serving;

/// <summary>Serves the files of a folder: HTTP/1.1 GET and HEAD with single byte ranges (RFC 9110 §14), persistent connections, nothing outside the folder.</summary>
internal sealed class FileService(string folder) : IService
{
    private const int MaxHeader = 16 * 1024;

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));

    public async Task ServeAsync(ToeConnection connection, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxHeader];
        var filled = 0;
        while (true)
        {
            int end;
            while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            {
                if (filled == buffer.Length)
                {
                    await SendHeadAsync(connection, "431 Request Header Fields Too Large", 0, close: true, cancellationToken).ConfigureAwait(false);
                    return;
                }

                var received = await connection.ReceiveAsync(buffer.AsMemory(filled), cancellationToken).ConfigureAwait(false);
                if (received == 0)
                    return;
                filled += received;
            }

            var head = Encoding.Latin1.GetString(buffer, 0, end);
            buffer.AsSpan(end + 4, filled - end - 4).CopyTo(buffer);
            filled -= end + 4;
            if (!await AnswerAsync(connection, head.Split("\r\n"), cancellationToken).ConfigureAwait(false))
                return;
        }
    }

    private static string? Header(string[] lines, string name) => lines.Skip(1)
        .Select(line => line.Split(':', 2))
        .Where(pair => pair.Length == 2 && pair[0].Trim().Equals(name, StringComparison.OrdinalIgnoreCase))
        .Select(pair => pair[1].Trim())
        .FirstOrDefault();

    // True when the connection goes on.
    private async Task<bool> AnswerAsync(ToeConnection connection, string[] lines, CancellationToken cancellationToken)
    {
        if (lines[0].Split(' ') is not [var method, var target, var version] || !version.StartsWith("HTTP/1.", StringComparison.Ordinal))
        {
            await SendHeadAsync(connection, "400 Bad Request", 0, close: true, cancellationToken).ConfigureAwait(false);
            return false;
        }

        var option = Header(lines, "Connection");
        var close = version == "HTTP/1.0" || string.Equals(option, "close", StringComparison.OrdinalIgnoreCase);
        if (method is not ("GET" or "HEAD"))
        {
            await SendHeadAsync(connection, "405 Method Not Allowed", 0, close: true, cancellationToken, "Allow: GET, HEAD\r\n").ConfigureAwait(false);
            return false;
        }

        if (Find(target) is not { } file)
        {
            await SendHeadAsync(connection, "404 Not Found", 0, close, cancellationToken).ConfigureAwait(false);
            return !close;
        }

        var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1, useAsync: true);
        await using (stream.ConfigureAwait(false))
        {
            var (first, length, partial, satisfiable) = Range(Header(lines, "Range"), stream.Length);
            if (!satisfiable)
            {
                var whole = string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes */{stream.Length}\r\n");
                await SendHeadAsync(connection, "416 Range Not Satisfiable", 0, close, cancellationToken, whole).ConfigureAwait(false);
                return !close;
            }

            var extra = "Accept-Ranges: bytes\r\n" + (partial
                ? string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {first}-{first + length - 1}/{stream.Length}\r\n") : "");
            await SendHeadAsync(connection, partial ? "206 Partial Content" : "200 OK", length, close, cancellationToken, extra).ConfigureAwait(false);
            if (method == "GET")
                await SendBodyAsync(connection, stream, first, length, cancellationToken).ConfigureAwait(false);
        }

        return !close;
    }

    private static async Task SendBodyAsync(ToeConnection connection, FileStream stream, long first, long length, CancellationToken cancellationToken)
    {
        var buffer = new byte[256 * 1024];
        stream.Position = first;
        while (length > 0)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(length, buffer.Length)), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                throw new IOException("The file became shorter while it was served.");
            await connection.SendAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            length -= read;
        }
    }

    private static async Task SendHeadAsync(
        ToeConnection connection, string status, long length, bool close, CancellationToken cancellationToken, string extra = "")
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{extra}{(close ? "Connection: close\r\n" : "")}\r\n");
        await connection.SendAsync(Encoding.Latin1.GetBytes(head), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A single range (RFC 9110 §14.1.2); what is not understood is ignored, as the RFC asks.</summary>
    private static (long First, long Length, bool Partial, bool Satisfiable) Range(string? header, long size)
    {
        var whole = (0L, size, false, true);
        if (header is null || !header.StartsWith("bytes=", StringComparison.Ordinal) || header["bytes=".Length..].Split('-') is not [var from, var to])
            return whole;
        var hasFirst = long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var first);
        var hasLast = long.TryParse(to, NumberStyles.None, CultureInfo.InvariantCulture, out var last);
        if ((!hasFirst && (from.Length > 0 || !hasLast)) || (!hasLast && to.Length > 0) || (hasFirst && hasLast && last < first))
            return whole;
        if (!hasFirst)
            return last > 0 && size > 0 ? (Math.Max(0, size - last), Math.Min(size, last), true, true) : (0, 0, true, false);
        return first < size ? (first, Math.Min(hasLast ? last : size - 1, size - 1) - first + 1, true, true) : (0, 0, true, false);
    }

    /// <summary>The file a target names, if it lies in the folder; links that lead out do not count.</summary>
    private string? Find(string target)
    {
        var path = Uri.UnescapeDataString(target.Split('?', 2)[0]);
        if (!path.StartsWith('/') || path.Contains('\0', StringComparison.Ordinal))
            return null;
        var file = Path.GetFullPath(Path.Combine(_root, path.TrimStart('/')));
        if (!IsInside(file) || !File.Exists(file))
            return null;
        return IsInside(new FileInfo(file).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file) ? file : null;
    }

    private bool IsInside(string file) => file.StartsWith(Path.EndsInDirectorySeparator(_root) ? _root : _root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
