namespace Toe.Emulated.Tcp;

/// <content>Turns that several segments share: all that wait are processed before anything is acknowledged or sent (RFC 9293 MUST-58, MUST-59),
/// and the application hears of a burst once.</content>
public sealed partial class TcpEngine
{
    private readonly List<TcpConnection> _openTurns = [];

    /// <summary>The packet at hand is not the last of those that wait.</summary>
    internal bool OthersFollow { get; private set; }

    internal void LeaveTurnOpen(TcpConnection connection) => _openTurns.Add(connection);

    private void FinishTurns()
    {
        OthersFollow = false;
        foreach (var connection in _openTurns) connection.FinishOpenTurn();
        _openTurns.Clear();
    }
}
