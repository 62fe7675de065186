namespace GrpcOverToe;

/// <summary>How a call went.</summary>
/// <param name="Text">What came of it.</param>
/// <param name="IsRight">That it is what was to be expected.</param>
/// <param name="Client">Where the client's end of its connection ran.</param>
/// <param name="Server">Where the server's end ran.</param>
internal sealed record Outcome(string Text, bool IsRight, string Client, string Server)
{
    public bool IsRightOn(string placement) => IsRight && Client.StartsWith(placement, StringComparison.Ordinal) && Server.StartsWith(placement, StringComparison.Ordinal);

    public override string ToString() => $"{Text}; client on {Client}, server on {Server}";
}
