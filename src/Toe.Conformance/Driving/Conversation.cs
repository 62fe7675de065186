namespace Toe.Conformance;

/// <summary>A word each way: the least that a living connection does.</summary>
internal static class Conversation
{
    public static async Task TalkAsync(this TestedSocket ours, IPeerConnection theirs, CancellationToken stop)
    {
        await ours.SendAsync("ping"u8.ToArray());
        Check.Text("ping", await theirs.ReadAsync(4, stop));
        await theirs.SendAsync("pong"u8.ToArray(), stop);
        Check.Text("pong", await ours.ReadAsync(4));
    }
}
