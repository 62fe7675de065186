namespace Toe.QLogic.Devices;

/// <summary>What a family offloads, where it did, and what serves it on Linux.</summary>
/// <param name="Driver">The kernel's driver of its Ethernet functions.</param>
/// <param name="Model">The offload model of its engine, wherever that ran.</param>
/// <param name="Explanation">Why ordinary sockets are never offloaded here.</param>
internal sealed record QLogicOffload(string Driver, OffloadModel Model, string Explanation)
{
    private static readonly QLogicOffload NetXen = new("netxen_nic", OffloadModel.KernelManaged,
        "its TOE ran under the vendor's own modules for old kernels (nx_nic and nx_lsa), which this SDK does not drive; netxen_nic has no TCP offload");

    private static readonly QLogicOffload Qle8100 = new("qlge", OffloadModel.KernelManaged, "stateless offloads only, on every operating system");

    private static readonly QLogicOffload Qle8200 = new("qlcnic", OffloadModel.KernelManaged, "stateless offloads only, on every operating system; iSCSI is a function of its own");

    private static readonly QLogicOffload NetXtreme2 = new("bnx2", OffloadModel.EstablishedState,
        "its TOE was TCP Chimney of Windows, for up to 1,024 connections; on Linux the engine carries iSCSI alone (bnx2i)");

    private static readonly QLogicOffload NetXtreme2Ten = new("bnx2x", OffloadModel.EstablishedState,
        "its TOE was TCP Chimney of Windows, for up to 1,880 connections; on Linux the engine carries iSCSI and FCoE alone (bnx2i, bnx2fc)");

    private static readonly QLogicOffload FastLinQ = new("qede", OffloadModel.Rdma, "no driver uses the TOE in its firmware; iWARP is its TCP offload on Linux");

    /// <summary>Looks a family up.</summary>
    public static QLogicOffload Of(QLogicFamily family) => family switch
    {
        QLogicFamily.NetXen => NetXen,
        QLogicFamily.Qle8100 => Qle8100,
        QLogicFamily.Qle8200 => Qle8200,
        QLogicFamily.NetXtreme2 => NetXtreme2,
        QLogicFamily.NetXtreme2Ten => NetXtreme2Ten,
        _ => FastLinQ,
    };
}
