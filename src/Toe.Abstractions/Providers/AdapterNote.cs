namespace Toe;

/// <summary>Something that a person should know about an adapter.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Text">What there is to know, in one sentence.</param>
/// <param name="Source">Where that stands: a file, a document, an advisory.</param>
public readonly record struct AdapterNote(AdapterNoteKind Kind, string Text, string Source);
