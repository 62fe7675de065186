using System.Diagnostics;
using System.Globalization;
using Toe.Testing;

namespace Toe.Throughput.Ends;

/// <summary>A process in a network namespace. Ours end when their standard input does, so that none outlives this program.</summary>
internal sealed class Child : IAsyncDisposable
{
    private const double TicksPerSecond = 100; // USER_HZ, which /proc counts in.
    private const int UserTime = 11;           // Behind the name, proc(5): fields 14 and 15 of stat.
    private const int SystemTime = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private Child(Process process) => _process = process;

    public bool HasExited => _process.HasExited;

    /// <summary>The CPU time that the process has used so far.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public TimeSpan ProcessorTime
    {
        get
        {
            if (HasExited)
                throw new InvalidOperationException($"\"{string.Join(' ', _process.StartInfo.ArgumentList)}\" has ended.");
            var text = File.ReadAllText($"/proc/{_process.Id.ToString(CultureInfo.InvariantCulture)}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = double.Parse(fields[UserTime], CultureInfo.InvariantCulture) + double.Parse(fields[SystemTime], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds(ticks / TicksPerSecond);
        }
    }

    /// <summary>Starts a program.</summary>
    /// <param name="place">The namespace.</param>
    /// <param name="cpu">The CPU that it stays on; null leaves that to the program.</param>
    /// <param name="command">The program and its arguments.</param>
    public static Child Start(NetworkNamespace place, int? cpu, IEnumerable<string> command)
    {
        var start = new ProcessStartInfo("ip") { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        // Both programs before the last one become it, so that the process id stays.
        List<string> words = ["netns", "exec", place.Name];
        if (cpu is { } number)
            words.AddRange(["taskset", "-c", Math.Min(number, Environment.ProcessorCount - 1).ToString(CultureInfo.InvariantCulture)]);
        foreach (var word in words.Concat(command))
            start.ArgumentList.Add(word);
        return new Child(Process.Start(start) ?? throw new InvalidOperationException("could not start ip"));
    }

    /// <summary>Starts this very program with a subcommand that says <c>ready</c> when it is, and waits for that.</summary>
    /// <param name="place">The namespace.</param>
    /// <param name="cpu">The CPU that it stays on; null leaves that to the program.</param>
    /// <param name="arguments">The subcommand.</param>
    public static async Task<Child> StartOwnAsync(NetworkNamespace place, int? cpu, params string[] arguments)
    {
        var child = Start(place, cpu, [Environment.ProcessPath!, .. arguments]);
        if (await child.ReadLineAsync() == Serve.Ready)
            return child;
        await child.DisposeAsync();
        throw new InvalidOperationException($"\"{string.Join(' ', arguments)}\" did not start.");
    }

    /// <summary>Sends a line and waits for the answer.</summary>
    public async Task<string> AskAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
        return await ReadLineAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience)
        ?? throw new InvalidOperationException($"{_process.StartInfo.ArgumentList[^1]} ended without an answer.");
}
