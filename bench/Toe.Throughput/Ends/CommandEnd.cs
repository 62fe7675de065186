using System.Globalization;
using System.Net;
using Toe.Testing;

namespace Toe.Throughput.Ends;

/// <summary>Another TCP, known by its command line: a process for each measurement.</summary>
/// <param name="name">How the report calls it.</param>
/// <param name="place">The namespace of its TAP device.</param>
/// <param name="tap">The TAP device, made beforehand.</param>
/// <param name="address">Its address, /24; the driver is the first one of the net.</param>
/// <param name="command">The command line with the places {tap}, {mode}, {bytes}, {address} and {port}.</param>
internal sealed class CommandEnd(string name, NetworkNamespace place, string tap, IPAddress address, IReadOnlyList<string> command) : IEnd
{
    // More than a second carries: the driver says when it is enough, or leaves.
    private const long Bytes = 1L << 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public string Name => name;

    public IPAddress Address => address;

    public async Task<Child> BeginAsync(Mode mode)
    {
        var child = Child.Start(place, Cpu.End, command.Select(word => Fill(word, mode)));
        try
        {
            await WaitUntilAttachedAsync(child);
            return child;
        }
        catch
        {
            await child.DisposeAsync();
            throw;
        }
    }

    public Task<string> DescribeAsync() => Task.FromResult("");

    public ValueTask FinishAsync(Child child) => child.DisposeAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What is sent to a device without a reader is lost, and with it a second.</summary>
    private async Task WaitUntilAttachedAsync(Child child)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!(await place.IpAsync("-brief", "link", "show", "dev", tap)).Contains("LOWER_UP", StringComparison.Ordinal))
        {
            if (child.HasExited || TimeProvider.System.GetElapsedTime(start) > Patience)
                throw new RowSkippedException($"\"{command[0]}\" does not attach to {tap}");
            await Task.Delay(Look, TimeProvider.System);
        }
    }

    private string Fill(string word, Mode mode) => word
        .Replace("{tap}", tap, StringComparison.Ordinal)
        .Replace("{mode}", mode.ToString().ToLowerInvariant(), StringComparison.Ordinal)
        .Replace("{bytes}", Bytes.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{address}", address.ToString(), StringComparison.Ordinal)
        .Replace("{port}", Port.Of(mode, slowed: false).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
