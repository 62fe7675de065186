namespace Toe.Chelsio.Devices;

/// <summary>What a PCI function of an adapter is for: the second digit of its device id. Source: Linux drivers/net/ethernet/chelsio/cxgb4/t4_pci_id_tbl.h.</summary>
internal enum ChelsioFunction
{
    /// <summary>PF0 to PF3: they carry the virtual functions and have no interfaces of their own.</summary>
    VirtualFunctionCarrier,

    /// <summary>PF4: network interfaces and all offloads.</summary>
    Unified,

    /// <summary>PF5 and PF6: iSCSI and FCoE storage (csiostor).</summary>
    Storage,

    /// <summary>A virtual function (cxgb4vf): an interface without TCP offload.</summary>
    Virtual,

    /// <summary>A digit that the encoding gives no meaning.</summary>
    Other,
}
