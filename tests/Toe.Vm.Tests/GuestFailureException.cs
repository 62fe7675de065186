namespace Toe.Vm.Tests;

/// <summary>Something does not hold in the guest.</summary>
internal sealed class GuestFailureException(string message) : Exception(message);
