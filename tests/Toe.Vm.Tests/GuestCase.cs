namespace Toe.Vm.Tests;

/// <summary>One case of the guest.</summary>
/// <param name="Name">What it shows, in words.</param>
/// <param name="Run">Does it; throws when it does not hold.</param>
internal sealed record GuestCase(string Name, Func<CancellationToken, Task> Run)
{
    /// <summary>True for measurements: they run when their name is given, and not in a test run.</summary>
    public bool OnlyByName { get; init; }

    /// <summary>How many times as long as an ordinary one it may take. Default 1.</summary>
    public int Length { get; init; } = 1;
}
