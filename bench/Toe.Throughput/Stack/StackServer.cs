using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Toe.Emulated;
using Toe.Emulated.Links;
using Toe.Throughput.Ends;

namespace Toe.Throughput.Stack;

/// <summary>The whole stack as an end: an emulated card on a TAP device, connections of the application's interface. It echoes.</summary>
internal static class StackServer
{
    private const int CallSize = 64 * 1024;

    public static async Task StartAsync(string tap, InterfaceAddress address, bool inline)
    {
        var stack = ToeStack.Create(builder =>
        {
            builder.AddEmulated(new EmulatedTapOptions(tap, [address]));
            builder.Services.Configure<ToeOptions>(options =>
            {
                options.PreferInlineScheduling = inline;
                options.Diagnostics.Endpoint = false;
            });
        });
        await stack.StartAsync();
        var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(address.Address, Port.Of(Mode.Echo, slowed: false))) { Mode = ToeMode.Require });
        _ = AcceptAsync(listener);
    }

    private static async Task AcceptAsync(ToeListener listener)
    {
        while (true)
            _ = EchoAsync(await listener.AcceptAsync());
    }

    private static async Task EchoAsync(ToeConnection connection)
    {
        await using (connection)
        {
            var buffer = new byte[CallSize];
            int received;
            while ((received = await connection.ReceiveAsync(buffer)) > 0)
                await connection.SendAsync(buffer.AsMemory(0, received));
        }
    }
}
