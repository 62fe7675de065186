namespace Toe.Chelsio.Devices;

/// <summary>A product.</summary>
/// <param name="Name">As Chelsio names it, such as <c>T62100-CR</c>; the firmware catalogue is keyed by it.</param>
/// <param name="Support">What of TCP offload it has.</param>
internal sealed record ChelsioProduct(string Name, ToeSupport Support);
