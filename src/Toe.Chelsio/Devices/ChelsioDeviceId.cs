namespace Toe.Chelsio.Devices;

/// <summary>
/// A PCI device id of Chelsio's (vendor 0x1425). From T4 on it is <c>0xVFPP</c>: chip generation, function, product. T3 ids are below 0x100
/// and have no digits for chip and function. Source: Linux drivers/net/ethernet/chelsio/cxgb4/t4_pci_id_tbl.h, cxgb3/cxgb3_main.c.
/// </summary>
/// <param name="Value">The device id.</param>
internal readonly record struct ChelsioDeviceId(ushort Value)
{
    /// <summary>PCI_VENDOR_ID_CHELSIO, linux/pci_ids.h.</summary>
    public const ushort Vendor = 0x1425;

    private const int OldestWithEncoding = 4;

    /// <summary>The chip's generation: 3 for everything before the encoding, else the first digit. Future ones follow the rule.</summary>
    public int Generation => Value < 0x100 ? 3 : Value >> 12;

    /// <summary>True for the id of a chip whose encoding this is.</summary>
    public bool IsEncoded => Generation >= OldestWithEncoding;

    /// <summary>The product: the same on every function of the adapter.</summary>
    public byte Product => (byte)Value;

    /// <summary>What the function is for.</summary>
    public ChelsioFunction Function => !IsEncoded ? ChelsioFunction.Other : ((Value >> 8) & 0xf) switch
    {
        >= 0 and <= 3 => ChelsioFunction.VirtualFunctionCarrier,
        4 => ChelsioFunction.Unified,
        5 or 6 => ChelsioFunction.Storage,
        8 => ChelsioFunction.Virtual,
        _ => ChelsioFunction.Other,
    };
}
