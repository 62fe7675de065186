namespace Toe.QLogic.Devices;

/// <summary>What a PCI function of an adapter is for.</summary>
internal enum QLogicFunction
{
    /// <summary>Ethernet.</summary>
    Ethernet,

    /// <summary>A virtual function for a guest.</summary>
    Virtual,

    /// <summary>iSCSI.</summary>
    Iscsi,

    /// <summary>Fibre Channel over Ethernet.</summary>
    Fcoe,

    /// <summary>The adapter's management.</summary>
    Management,
}
