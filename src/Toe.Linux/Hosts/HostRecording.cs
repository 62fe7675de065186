namespace Toe.Linux;

/// <summary>What a recording took.</summary>
/// <param name="Files">How many files the image has.</param>
/// <param name="Bytes">How many bytes they have together.</param>
/// <param name="Refused">What was there and could not be read, each with its error; another user may be able to.</param>
public sealed record HostRecording(int Files, long Bytes, IReadOnlyList<string> Refused);
