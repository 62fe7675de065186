namespace Toe.AllocationProbe;

/// <summary>Small messages between two ends of one connection.</summary>
internal sealed class Traffic(ToeConnection client, ToeConnection server)
{
    private const int Size = 64;

    private readonly byte[] _clientBuffer = new byte[Size];
    private readonly byte[] _serverBuffer = new byte[Size];

    /// <summary>Makes that many calls, sends and receives together: half of them where the data is there already, half where the receives wait.</summary>
    /// <param name="calls">How many.</param>
    public async Task RunAsync(int calls)
    {
        await Task.Run(() => PassAsync(calls / 4));
        await Task.WhenAll(Task.Run(() => PingAsync(calls / 8)), Task.Run(() => PongAsync(calls / 8)));
    }

    private async Task PassAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            await client.SendAsync(_clientBuffer);
            await TakeAsync(server, _serverBuffer);
        }
    }

    private async Task PingAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            await client.SendAsync(_clientBuffer);
            await TakeAsync(client, _clientBuffer);
        }
    }

    private async Task PongAsync(int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            await TakeAsync(server, _serverBuffer);
            await server.SendAsync(_serverBuffer);
        }
    }

    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask TakeAsync(ToeConnection connection, byte[] buffer)
    {
        for (var got = 0; got < Size;)
        {
            if (await connection.ReceiveAsync(buffer.AsMemory(got)) is > 0 and var received)
                got += received;
            else
                throw new InvalidOperationException("The connection ended.");
        }
    }
}
