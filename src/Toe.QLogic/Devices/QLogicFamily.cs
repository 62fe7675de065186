namespace Toe.QLogic.Devices;

/// <summary>The families that were sold as QLogic's, by the driver that serves them.</summary>
internal enum QLogicFamily
{
    /// <summary>NetXen P2 and P3 (NX2031, NX3031), driver netxen_nic. A full TOE under the vendor's own nx_lsa of old kernels; stateless with the kernel's driver.</summary>
    NetXen,

    /// <summary>QLE81xx, driver qlge, which left the kernel's tree. Stateless offloads only.</summary>
    Qle8100,

    /// <summary>QLE82xx, 83xx and 84xx, driver qlcnic. Stateless offloads; iSCSI on a function of its own.</summary>
    Qle8200,

    /// <summary>NetXtreme II with 1 Gb/s, driver bnx2. TCP Chimney on Windows; on Linux iSCSI alone.</summary>
    NetXtreme2,

    /// <summary>NetXtreme II with 10 Gb/s, driver bnx2x, as Broadcom's and as QLogic's. TCP Chimney on Windows; on Linux iSCSI and FCoE alone.</summary>
    NetXtreme2Ten,

    /// <summary>FastLinQ QL45000 (BB), driver qede: iWARP or RoCE.</summary>
    FastLinQ45000,

    /// <summary>FastLinQ QL41000 (AH), driver qede: iWARP or RoCE.</summary>
    FastLinQ41000,
}
