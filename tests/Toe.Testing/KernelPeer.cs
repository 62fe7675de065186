using System.Diagnostics;
using System.Text;

namespace Toe.Testing;

/// <summary>
/// A program of the operating system under test control: bounded in time, its output kept, ended by its process id with its children.
/// </summary>
public sealed class KernelPeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(StringBuilder Where, string Text, TaskCompletionSource Seen)> _awaited = [];

    private KernelPeer(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Take(_output, line.Data, _outputEnded);
        process.ErrorDataReceived += (_, line) => Take(_errors, line.Data, _errorsEnded);
    }

    /// <summary>The longest any program of a test may take.</summary>
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>True when the program has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What the program has written to its standard output so far.</summary>
    public string Output
    {
        get
        {
            lock (_awaited)
                return _output.ToString();
        }
    }

    /// <summary>What the program has written to its standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_awaited)
                return _errors.ToString();
        }
    }

    /// <summary>Starts a program; its standard input is open until <see cref="CloseInput"/>.</summary>
    public static KernelPeer Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        var peer = new KernelPeer(Process.Start(start) ?? throw new InvalidOperationException("could not start " + command[0]));
        peer._process.BeginOutputReadLine();
        peer._process.BeginErrorReadLine();
        return peer;
    }

    /// <summary>Runs a program to its end and returns its exit code and output.</summary>
    public static async Task<ProcessAnswer> RunAsync(IReadOnlyList<string> command)
    {
        await using var peer = Start(command);
        peer.CloseInput();
        return await peer.WaitAsync();
    }

    /// <summary>Tells the program that no input will come.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Writes one line to the program's standard input.</summary>
    public async Task WriteLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until the program has written <paramref name="text"/> to its standard output, for example that it listens.</summary>
    public Task WaitForAsync(string text) => WaitForAsync(_output, text, _outputEnded.Task);

    /// <summary>The same for its standard error.</summary>
    public Task WaitForErrorAsync(string text) => WaitForAsync(_errors, text, _errorsEnded.Task);

    /// <summary>Waits for the program's end.</summary>
    public async Task<ProcessAnswer> WaitAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        await _process.WaitForExitAsync(limit.Token);
        await Task.WhenAll(_outputEnded.Task, _errorsEnded.Task).WaitAsync(Limit);
        return new ProcessAnswer(_process.ExitCode, Output, Errors);
    }

    /// <summary>Ends the program and its children if they still run.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It had ended already.
        }

        _process.Dispose();
    }

    private async Task WaitForAsync(StringBuilder where, string text, Task ended)
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_awaited)
        {
            if (where.ToString().Contains(text, StringComparison.Ordinal))
                return;
            _awaited.Add((where, text, seen));
        }

        // A line is looked through before the end is told.
        await Task.WhenAny(seen.Task, ended).WaitAsync(Limit);
        if (!seen.Task.IsCompleted)
            throw new InvalidOperationException($"The program ended without writing \"{text}\": {Output} {Errors}");
    }

    private void Take(StringBuilder text, string? line, TaskCompletionSource ended)
    {
        if (line is null)
        {
            ended.TrySetResult();
            return;
        }

        lock (_awaited)
        {
            text.AppendLine(line);
            foreach (var (where, wanted, seen) in _awaited)
            {
                if (where == text && line.Contains(wanted, StringComparison.Ordinal))
                    seen.TrySetResult();
            }
        }
    }
}
