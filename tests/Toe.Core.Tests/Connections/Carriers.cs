namespace Toe.Core.Tests.Connections;

/// <summary>All carriers, for theories.</summary>
public sealed class Carriers : TheoryData<CarrierKind>
{
    public Carriers()
        : base(Enum.GetValues<CarrierKind>())
    {
    }
}
