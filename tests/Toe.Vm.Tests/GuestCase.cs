namespace Toe.Vm.Tests;

/// <summary>One case of the guest.</summary>
/// <param name="Name">What it shows, in words.</param>
/// <param name="Run">Does it; throws when it does not hold.</param>
internal sealed record GuestCase(string Name, Func<CancellationToken, Task> Run);
