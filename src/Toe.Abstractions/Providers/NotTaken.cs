namespace Toe;

/// <summary>A device that a provider saw and did not take.</summary>
/// <param name="Device">How the operating system names it.</param>
/// <param name="Reason">Why it was not taken.</param>
public readonly record struct NotTaken(string Device, ToeReason Reason);
