namespace Toe.Iwarp;

/// <summary>An adapter whose provider watches the machine for it.</summary>
public interface IWatchedAdapter : IToeAdapter
{
    /// <summary>Reads the adapter because something changed, and tells the stack when that matters. Off the host's threads.</summary>
    void Changed();
}
