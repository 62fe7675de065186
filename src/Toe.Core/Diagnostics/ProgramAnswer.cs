using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Toe.Diagnostics;

/// <summary>A question that a program was asked, and its answer as it comes.</summary>
internal sealed class ProgramAnswer : IDisposable
{
    /// <summary>How long the next word of an answer is waited for: longer than a move may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private const int MaxLine = 64 * 1024;
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(2);

    private readonly int _pid;
    private readonly Socket _socket;
    private readonly BufferedStream _stream;

    private ProgramAnswer(int pid, Socket socket)
    {
        _pid = pid;
        _socket = socket;
        _stream = new BufferedStream(new NetworkStream(socket, ownsSocket: true), MaxLine);
    }

    /// <summary>The bytes of the answer.</summary>
    public Stream Stream => _stream;

    /// <summary>Asks.</summary>
    /// <exception cref="ToeProgramException">The program is not there.</exception>
    public static async Task<ProgramAnswer> AskAsync(int pid, string path, string question, CancellationToken cancellationToken)
    {
        if (question.Any(char.IsControl)) // The line would end there, and ask for something else.
            throw new ToeProgramException($"Process {pid} has nothing of that name.", nothingMatched: true);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(ConnectPatience);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), patience.Token).ConfigureAwait(false);
            await socket.SendAsync(Encoding.UTF8.GetBytes(question + "\n"), patience.Token).ConfigureAwait(false);
            return new ProgramAnswer(pid, socket);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            socket.Dispose();
            ProgramEndpoints.Remove(path);
            throw new ToeProgramException($"Process {pid} is gone.", nothingMatched: true, exception);
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is SocketException or ArgumentException)
                throw new ToeProgramException($"Process {pid} cannot be asked: {exception.Message}", inner: exception);
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new ToeProgramException($"Process {pid} does not answer.", inner: exception);
            throw;
        }
    }

    /// <summary>The next line.</summary>
    /// <exception cref="ToeProgramException">It is a refusal, or there is none.</exception>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="begun">What was read of it already.</param>
    public async Task<MoveLine> ReadLineAsync(CancellationToken cancellationToken, ReadOnlyMemory<byte> begun = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        MoveLine? line;
        try
        {
            line = JsonSerializer.Deserialize(await ReadBytesAsync(begun, patience.Token).ConfigureAwait(false), DiagnosticJson.Default.MoveLine);
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            throw Broken(exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ToeProgramException($"Process {_pid} does not answer.", inner: exception);
        }

        return line switch
        {
            null => throw Broken(),
            { Error: { } error } => throw new ToeProgramException($"Process {_pid}: {error}.", line.NothingMatched),
            _ => line,
        };
    }

    /// <summary>Tells the program that no more is wanted; what it still says can be read.</summary>
    public void Leave()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // It is gone itself.
        }
    }

    public ToeProgramException Broken(Exception? inner = null) => new($"Process {_pid} ended its answer in the middle.", inner: inner);

    public void Dispose() => _stream.Dispose();

    private async Task<byte[]> ReadBytesAsync(ReadOnlyMemory<byte> begun, CancellationToken cancellationToken)
    {
        var line = new MemoryStream();
        line.Write(begun.Span);
        var next = new byte[1];
        while (await _stream.ReadAsync(next, cancellationToken).ConfigureAwait(false) == 1 && next[0] != '\n')
        {
            line.WriteByte(next[0]);
            if (line.Length > MaxLine)
                throw Broken();
        }

        return line.ToArray();
    }
}
