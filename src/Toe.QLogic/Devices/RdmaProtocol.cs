namespace Toe.QLogic.Devices;

/// <summary>What an RDMA device speaks.</summary>
internal enum RdmaProtocol
{
    /// <summary>It does not say, or something else.</summary>
    Unknown,

    /// <summary>RDMA over Ethernet without TCP.</summary>
    Roce,

    /// <summary>RDMA over TCP that ends in the device.</summary>
    Iwarp,
}
