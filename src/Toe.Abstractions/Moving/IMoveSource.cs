namespace Toe;

/// <summary>A frozen connection on the carrier that gives it up.</summary>
public interface IMoveSource
{
    /// <summary>The whole state.</summary>
    TcpConnectionState State { get; }

    /// <summary>Forgets the connection in silence: the other carrier runs it.</summary>
    ValueTask ReleaseAsync();

    /// <summary>Runs on as if nothing had happened.</summary>
    ValueTask ResumeAsync();
}
