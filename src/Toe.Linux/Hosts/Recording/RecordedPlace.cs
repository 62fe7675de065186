namespace Toe.Linux.Recording;

/// <summary>Files that a recording takes.</summary>
/// <param name="Pattern">Their path; <c>*</c> in a component stands for any characters.</param>
/// <param name="Kind">What they are, and how their addresses are found.</param>
internal readonly record struct RecordedPlace(string Pattern, RecordedKind Kind);
