using System.Net.Sockets;
using System.Text;

namespace Toe.AspNetCore.Tests.Rows;

/// <summary>A client's connection: the kernel's, or the stack's where the kernel cannot come.</summary>
public abstract class ClientConnection : IAsyncDisposable
{
    /// <summary>Its bytes. Disposing it disposes the connection.</summary>
    public abstract Stream Stream { get; }

    /// <summary>Sends FIN.</summary>
    public abstract Task FinishAsync();

    /// <summary>Sends RST.</summary>
    public abstract void Reset();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Stream.DisposeAsync();
    }

    /// <summary>Sends text.</summary>
    public async Task SendAsync(string text) => await Stream.WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

    /// <summary>Receives until some text has come, or the end.</summary>
    public async Task<string> ReceiveUntilAsync(string wanted)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains(wanted, StringComparison.Ordinal))
        {
            var received = await Stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(RunningSite.Patience);
            if (received == 0)
                break;
            text.Append(Encoding.ASCII.GetString(buffer, 0, received));
        }

        return text.ToString();
    }

    /// <summary>Receives a line of a head, without its end, and nothing behind it.</summary>
    public async Task<string> ReceiveLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length == 0 || line[^1] != '\n')
        {
            await Stream.ReadExactlyAsync(one, TestContext.Current.CancellationToken).AsTask().WaitAsync(RunningSite.Patience);
            line.Append((char)one[0]);
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>Receives to the end.</summary>
    /// <returns>How the connection ended: <see cref="SocketError.Success"/> with FIN, else the error.</returns>
    public async Task<(string Text, SocketError End)> ReceiveAllAsync()
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        try
        {
            while (await Stream.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask().WaitAsync(RunningSite.Patience) is > 0 and var received)
                text.Append(Encoding.ASCII.GetString(buffer, 0, received));
            return (text.ToString(), SocketError.Success);
        }
        catch (IOException exception) when (exception.InnerException is SocketException inner)
        {
            return (text.ToString(), inner.SocketErrorCode);
        }
    }
}
