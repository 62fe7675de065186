using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Toe.Diagnostics;

/// <summary>Lets <c>toe</c> ask this process about its stacks, over a file socket that only its user can open. One for all stacks of the process; it opens with the first and closes with the last.</summary>
/// <remarks>One line comes in (the question's name), one JSON document goes out. Lines are at most 256 bytes, four askers are served at a time, and each has five seconds.</remarks>
internal sealed class DiagnosticEndpoint : IAsyncDisposable
{
    private const int MaxLine = 256;
    private const int MaxAskers = 4;
    private const int MaxWaiting = 128; // Beyond it the kernel turns askers away at once, as if this process were not there.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);
    private static readonly Lock Gate = new();
    private static readonly List<ToeStack> Stacks = [];
    private static DiagnosticEndpoint? _current;
    private static int _opened;

    private readonly Socket _socket;
    private readonly string _path;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _seats = new(MaxAskers);
    private readonly Task _serving;

    private DiagnosticEndpoint(string folder)
    {
        _path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}.sock"));
        // The name that is asked by appears when somebody listens: who finds nobody there removes the file. And .NET removes the name that
        // was bound when the socket is disposed, which may be after the next endpoint of this process took the name.
        var bound = OperatingSystem.IsWindows()
            ? _path
            : Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}.{Interlocked.Increment(ref _opened)}"));
        File.Delete(bound); // A process of the same number that crashed left it.
        _socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _socket.Bind(new UnixDomainSocketEndPoint(bound));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(bound, UnixFileMode.UserRead | UnixFileMode.UserWrite); // Before Listen: until then nobody can connect.
            _socket.Listen(MaxWaiting);
            if (bound != _path)
                File.Move(bound, _path, overwrite: true);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        _serving = Task.Run(ServeAsync);
    }

    /// <summary>Opens the endpoint if it is not open, and answers for the stack.</summary>
    public static void Register(ToeStack stack, ILogger logger)
    {
        lock (Gate)
        {
            Stacks.Add(stack);
            if (_current is not null)
                return;
            try
            {
                _current = new DiagnosticEndpoint(RuntimeDirectory.Prepare(RuntimePlaces.OfThisProcess()));
            }
            // A path may also be too long for a socket, or no path at all.
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or SocketException or ArgumentException)
            {
                Telemetry.StackLog.NoDiagnostics(logger, exception.Message);
            }
        }
    }

    /// <summary>Forgets the stack, and closes the endpoint behind the last one.</summary>
    public static async ValueTask UnregisterAsync(ToeStack stack)
    {
        DiagnosticEndpoint? last = null;
        lock (Gate)
        {
            if (Stacks.Remove(stack) && Stacks.Count == 0)
                (last, _current) = (_current, null);
            last?.RemoveFile(); // Under the lock: a stack that starts now opens an endpoint of the same name.
        }

        if (last is not null)
            await last.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _serving.ConfigureAwait(false);
        for (var seat = 0; seat < MaxAskers; seat++)
            await _seats.WaitAsync(CancellationToken.None).ConfigureAwait(false); // Until the last asker is gone.
        _stopping.Dispose();
        _seats.Dispose();
    }

    private void RemoveFile()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder was closed to us meanwhile; who asks next finds nobody there, and removes the file if it may.
        }
    }

    private async Task ServeAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _seats.WaitAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                _ = ServeAsync(await _socket.AcceptAsync(_stopping.Token).ConfigureAwait(false));
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                _seats.Release();
                // No descriptors left, or the endpoint closes.
                await Task.Delay(AcceptPause, TimeProvider.System, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket asker)
    {
        try
        {
            using (asker)
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
                patience.CancelAfter(Patience);
                await AnswerAsync(asker, patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The asker went away or was too slow, or a connection ended while it was described: nobody is left to tell.
        }
        finally
        {
            _seats.Release();
        }
    }

    private static async Task AnswerAsync(Socket asker, CancellationToken cancellationToken)
    {
        var line = new byte[MaxLine];
        var length = 0;
        while (length < MaxLine && !line.AsSpan(0, length).Contains((byte)'\n'))
        {
            var received = await asker.ReceiveAsync(line.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (received == 0)
                break;
            length += received;
        }

        var end = line.AsSpan(0, length).IndexOf((byte)'\n');
        var question = Encoding.UTF8.GetString(line, 0, end < 0 ? length : end).Trim();
        await asker.SendAsync(Answer(question), cancellationToken).ConfigureAwait(false);
        asker.Shutdown(SocketShutdown.Send);
    }

    private static byte[] Answer(string question)
    {
        if (question != "connections")
            return "{\"error\":\"unknown question\"}"u8.ToArray();
        ToeStack[] stacks;
        lock (Gate)
            stacks = [.. Stacks];
        var connections = stacks.SelectMany(stack => stack.Connections).Select(connection => ConnectionReport.Of(connection.GetInfo()));
        return JsonSerializer.SerializeToUtf8Bytes(new ConnectionsReport([.. connections]), DiagnosticJson.Default.ConnectionsReport);
    }
}
