using System.Net;
using Toe.Emulated.Links;
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
    /// <param name="arguments"><c>kernel ADDRESS</c>, or <c>engine|stack|stack-inline TAP ADDRESS/PREFIX</c>.</param>
    public static async Task RunAsync(string[] arguments)
    {
        var describe = () => "";
        switch (arguments)
        {
            case ["kernel", var address]:
                KernelServer.Start(IPAddress.Parse(address));
                break;
            case ["engine" or "engine-plain", var tap, var address]:
                describe = EngineServer.Start(tap, InterfaceAddress.Parse(address), offloads: arguments[0] == "engine");
                break;
            case ["stack", var tap, var address]:
                await StackServer.StartAsync(tap, InterfaceAddress.Parse(address), inline: false);
                break;
            case ["stack-inline", var tap, var address]:
                await StackServer.StartAsync(tap, InterfaceAddress.Parse(address), inline: true);
                break;
            default:
                throw new ArgumentException($"no such end: {string.Join(' ', arguments)}", nameof(arguments));
        }

        Console.WriteLine(Ready);
        while (Console.ReadLine() is not null)
            Console.WriteLine(describe());
    }
}
