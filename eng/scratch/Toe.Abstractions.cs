#:package Toe.Abstractions@*

using System.Net;
using System.Text;
using Toe;

Console.WriteLine(ToeReasons.HealthFailed.With("the firmware stopped")); // Health.Failed (the firmware stopped)
Console.WriteLine(typeof(Greeting).GetConstructors()[0].GetParameters()[0].ParameterType); // Toe.IToeStack

/// <summary>A library takes the stack from its caller, and need not know which adapters there are.</summary>
internal sealed class Greeting(IToeStack stack)
{
    public async Task<string> AskAsync(EndPoint server, CancellationToken cancellationToken)
    {
        await using var connection = await stack.ConnectAsync(new ToeConnectRequest(server), cancellationToken);
        await connection.SendAsync("hello\n"u8.ToArray(), cancellationToken);
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, await connection.ReceiveAsync(buffer, cancellationToken));
    }
}
