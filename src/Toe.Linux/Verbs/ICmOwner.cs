namespace Toe.Linux;

/// <summary>Hears the connection manager's events of an identifier, on its thread: back within microseconds.</summary>
internal interface ICmOwner
{
    /// <summary>Something happened.</summary>
    /// <param name="happened">What; not for longer than the call.</param>
    unsafe void OnEvent(CmEvent* happened);
}
