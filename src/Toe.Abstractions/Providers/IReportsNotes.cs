namespace Toe;

/// <summary>On an adapter that has more to say than its status: known faults of what is installed, settings, what could not be read.</summary>
public interface IReportsNotes
{
    /// <summary>The notes of the last reading. Never blocks.</summary>
    IReadOnlyList<AdapterNote> Notes { get; }
}
