using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Toe.Diagnostics;

/// <summary>Lets <c>toe</c> ask this process about its stacks, over a file socket that only its user can open. One for all stacks of the process; it opens with the first and closes with the last.</summary>
/// <remarks>
/// <para>One line comes in, at most 256 bytes. <c>connections</c> is answered by one JSON document; four askers are served at a time, and each has five seconds.</para>
/// <para>What changes something or lasts has four seats of its own: see <see cref="LastingRequest"/>. Moves are answered by a line of JSON for each step, a capture by pcapng;
/// each ends when the asker leaves. Every one leaves a line in the log with who asked, by the kernel's word.</para>
/// </remarks>
internal sealed class DiagnosticEndpoint : IAsyncDisposable
{
    private const int MaxAskers = 4;
    private const int MaxWaiting = 128; // Beyond it the kernel turns askers away at once, as if this process were not there.
    private const int MaxLasting = 4;
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);
    private static readonly Lock Gate = new();
    private static readonly List<ToeStack> Stacks = [];
    private static readonly HashSet<string> Drained = new(StringComparer.Ordinal); // For stacks that are made later: the operator means the program.
    private static DiagnosticEndpoint? _current;
    private static int _opened;

    private readonly Socket _socket;
    private readonly string _path;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _seats = new(MaxAskers);
    private readonly SemaphoreSlim _lasting = new(MaxLasting);
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
            foreach (var id in Drained)
                stack.Supervisor.Isolate(id);
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

    /// <summary>Sets an adapter aside in all stacks, those to come included.</summary>
    /// <returns>False when no stack has it.</returns>
    public static bool TryIsolate(string adapterId)
    {
        lock (Gate)
        {
            if (!Stacks.Exists(stack => stack.Supervisor.Find(adapterId) is not null))
                return false;
            Drained.Add(adapterId);
            foreach (var stack in Stacks)
                stack.Supervisor.Isolate(adapterId);
            return true;
        }
    }

    /// <summary>Takes it back.</summary>
    /// <returns>False when it was not set aside.</returns>
    public static bool TryReadmit(string adapterId)
    {
        lock (Gate)
        {
            foreach (var stack in Stacks)
                stack.Supervisor.Readmit(adapterId);
            return Drained.Remove(adapterId);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        await _serving.ConfigureAwait(false);
        for (var seat = 0; seat < MaxAskers; seat++)
            await _seats.WaitAsync(CancellationToken.None).ConfigureAwait(false); // Until the last asker is gone.
        for (var seat = 0; seat < MaxLasting; seat++)
            await _lasting.WaitAsync(CancellationToken.None).ConfigureAwait(false); // After those: whoever gave its seat up has one of these.
        _stopping.Dispose();
        _seats.Dispose();
        _lasting.Dispose();
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

    private async Task ServeAsync(Socket socket)
    {
        using var asker = new DiagnosticAsker(socket);
        LastingRequest? lasting = null;
        try
        {
            lasting = await AnswerAsync(asker).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The asker went away or was too slow, or a connection ended while it was described: nobody is left to tell.
        }
        finally
        {
            _seats.Release();
        }

        if (lasting is not null)
            await ServeAsync(asker, lasting).ConfigureAwait(false);
    }

    /// <summary>Answers what is answered at once.</summary>
    /// <returns>What is not; it has a seat of its own.</returns>
    private async Task<LastingRequest?> AnswerAsync(DiagnosticAsker asker)
    {
        var (question, isWhole) = await asker.ReadAsync(_stopping.Token).ConfigureAwait(false);
        LastingRequest? lasting = null;
        ReadOnlyMemory<byte> answer;
        if (question == "connections")
            answer = Connections();
        else if (!isWhole || (lasting = LastingRequest.Parse(question)) is null)
            answer = "{\"error\":\"unknown question\"}"u8.ToArray();
        else if (await _lasting.WaitAsync(TimeSpan.Zero).ConfigureAwait(false))
            return lasting;
        else
            answer = "{\"error\":\"too many at a time\"}"u8.ToArray();
        await asker.WriteAsync(answer, _stopping.Token).ConfigureAwait(false);
        asker.Complete();
        return null;
    }

    private async Task ServeAsync(DiagnosticAsker asker, LastingRequest request)
    {
        try
        {
            ToeStack[] stacks;
            lock (Gate)
                stacks = [.. Stacks];
            if (stacks.Length > 0)
                await RunAsync(asker, request, stacks).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The asker went away or was too slow; the log has what was done until then.
        }
        finally
        {
            _lasting.Release();
        }
    }

    private async Task RunAsync(DiagnosticAsker asker, LastingRequest request, ToeStack[] stacks)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var watching = CancelWhenItLeavesAsync(asker, leaving);
        try
        {
            await request.RunAsync(stacks, asker, leaving.Token).ConfigureAwait(false);
            asker.Complete();
        }
        finally
        {
            Telemetry.StackLog.AskedFromOutside(stacks[0].Logger, asker.Who.Pid, asker.Who.User, request.ToString(), request.Result);
            await leaving.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    private static async Task CancelWhenItLeavesAsync(DiagnosticAsker asker, CancellationTokenSource leaving)
    {
        await asker.LeavesAsync(leaving.Token).ConfigureAwait(false);
        await leaving.CancelAsync().ConfigureAwait(false);
    }

    private static byte[] Connections()
    {
        ToeStack[] stacks;
        lock (Gate)
            stacks = [.. Stacks];
        var connections = stacks.SelectMany(stack => stack.Connections).Select(connection => ConnectionReport.Of(connection.GetInfo()));
        return JsonSerializer.SerializeToUtf8Bytes(new ConnectionsReport([.. connections]), DiagnosticJson.Default.ConnectionsReport);
    }
}
