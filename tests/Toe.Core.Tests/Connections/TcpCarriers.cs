namespace Toe.Core.Tests.Connections;

/// <summary>The carriers that speak TCP: a reset answers what arrives at a closed end.</summary>
public sealed class TcpCarriers : TheoryData<CarrierKind>
{
    public TcpCarriers()
        : base(CarrierKind.Host, CarrierKind.HostAccepted, CarrierKind.Fabric, CarrierKind.FabricAccepted, CarrierKind.KernelManaged)
    {
    }
}
