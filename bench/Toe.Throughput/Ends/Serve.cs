using System.Globalization;
using System.Net;
using Toe.Emulated;
using Toe.Emulated.Links;
using Toe.Linux;
using Toe.Throughput.Engine;
using Toe.Throughput.Kernel;
using Toe.Throughput.Stack;

namespace Toe.Throughput.Ends;

/// <summary>This program as an end: it listens until its standard input ends, and answers each line with what it has to say of its path.</summary>
internal static class Serve
{
    /// <summary>What is said when everything listens.</summary>
    public const string Ready = "ready";

    /// <summary>Serves.</summary>
    /// <param name="arguments"><c>kernel ADDRESS</c>, <c>engine|stack|stack-inline TAP ADDRESS/PREFIX</c>,
    /// <c>interface|interface-inline DEVICE ADDRESS</c>, or <c>line TAP TAP LOSS MILLISECONDS</c>, which begins the faults of the seed that a line names.</param>
    public static async Task RunAsync(string[] arguments)
    {
        var describe = static (string _) => "";
        switch (arguments)
        {
            case ["kernel", var address]:
                KernelServer.Start(IPAddress.Parse(address));
                break;
            case ["engine" or "engine-plain", var tap, var address]:
                var path = EngineServer.Start(tap, InterfaceAddress.Parse(address), offloads: arguments[0] == "engine");
                describe = _ => path();
                break;
            case ["stack" or "stack-inline", var tap, var address]:
                var own = InterfaceAddress.Parse(address);
                await StackServer.StartAsync(builder => builder.AddEmulated(new EmulatedTapOptions(tap, [own])), own.Address, inline: arguments[0] == "stack-inline");
                break;
            case ["interface" or "interface-inline", var device, var address]:
                await StackServer.StartAsync(
                    builder => builder.AddEmulated(new EmulatedInterfaceOptions(device)), IPAddress.Parse(address), inline: arguments[0] == "interface-inline");
                break;
            case ["line", var near, var far, var loss, var milliseconds]:
                var faults = new LinkFaults { Loss = Number(loss), Delay = TimeSpan.FromMilliseconds(Number(milliseconds)) };
                var begin = FaultyLine.Join(TapDevice.Attach(near), TapDevice.Attach(far), faults);
                describe = seed =>
                {
                    begin(long.Parse(seed, CultureInfo.InvariantCulture));
                    return "";
                };
                break;
            default:
                throw new ArgumentException($"no such end: {string.Join(' ', arguments)}", nameof(arguments));
        }

        Console.WriteLine(Ready);
        while (Console.ReadLine() is { } line)
            Console.WriteLine(describe(line));
    }

    private static double Number(string word) => double.Parse(word, CultureInfo.InvariantCulture);
}
