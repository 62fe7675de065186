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

    public string Name => name;

    public IPAddress Address => address;

    public Task<Child> BeginAsync(Mode mode) => Task.FromResult(Child.Start(place, Cpu.End, command.Select(word => Fill(word, mode))));

    public ValueTask FinishAsync(Child child) => child.DisposeAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string Fill(string word, Mode mode) => word
        .Replace("{tap}", tap, StringComparison.Ordinal)
        .Replace("{mode}", mode.ToString().ToLowerInvariant(), StringComparison.Ordinal)
        .Replace("{bytes}", Bytes.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("{address}", address.ToString(), StringComparison.Ordinal)
        .Replace("{port}", Port.Of(mode, slowed: false).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
}
