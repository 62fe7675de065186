using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;

namespace Toe.AspNetCore.Tests.Transport;

/// <summary>A connection handler that gives up must not look like one that is done.</summary>
public sealed class BrokenOutputTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, true, SocketError.ConnectionReset)]
    [InlineData(true, false, SocketError.Success)]
    [InlineData(false, true, SocketError.ConnectionReset)]
    [InlineData(false, false, SocketError.Success)]
    public async Task Output_CompletedWithAnError_IsReset(bool throughStack, bool failing, SocketError expected)
    {
        var builder = WebSites.NewBuilder();
        if (throughStack)
            builder.WebHost.UseToe();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Run(async connection =>
        {
            var request = await connection.Transport.Input.ReadAsync(); // Not before the client knows that it is connected.
            connection.Transport.Input.AdvanceTo(request.Buffer.End);
            await connection.Transport.Output.WriteAsync("a part"u8.ToArray());
            await connection.Transport.Output.CompleteAsync(failing ? new InvalidDataException("on purpose") : null);
            await connection.Transport.Input.ReadAsync(); // Until the connection is over.
        })));
        await using var application = await builder.StartAsync(static _ => { });
        using var client = new TcpClient();
        await client.ConnectAsync(application.EndPoints()[0], Token);
        await client.GetStream().WriteAsync("a question"u8.ToArray(), Token);

        var end = SocketError.Success;
        try
        {
            while (await client.GetStream().ReadAsync(new byte[100], Token) > 0)
            {
            }
        }
        catch (IOException exception)
        {
            end = Assert.IsType<SocketException>(exception.InnerException).SocketErrorCode;
        }

        Assert.Equal(expected, end);
    }
}
