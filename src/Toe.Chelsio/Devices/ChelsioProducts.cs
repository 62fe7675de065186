using System.Collections.Frozen;
using System.Globalization;

namespace Toe.Chelsio.Devices;

/// <summary>
/// The products by device id. T4 to T6: Linux drivers/net/ethernet/chelsio/cxgb4/t4_pci_id_tbl.h; T3: cxgb3/cxgb3_main.c of Linux 5.4; T7:
/// Chelsio's staging tree for Linux 6.18 only. What of TCP offload they have: Unified Wire 3.14.0.3, docs/README.txt. What is not in the table
/// is named by its generation and id, and shows itself.
/// </summary>
internal static class ChelsioProducts
{
    private static readonly FrozenDictionary<ushort, ChelsioProduct> Known = new Dictionary<ushort, ChelsioProduct>
    {
        // T3
        [0x0020] = new("PE9000", ToeSupport.None),
        [0x0021] = new("T302E", ToeSupport.None),
        [0x0022] = new("T310E", ToeSupport.None),
        [0x0023] = new("T320X", ToeSupport.None),
        [0x0024] = new("T302X", ToeSupport.None),
        [0x0025] = new("T320E", ToeSupport.None),
        [0x0026] = new("T310X", ToeSupport.None),
        [0x0030] = new("T3B10", ToeSupport.None),
        [0x0031] = new("T3B20", ToeSupport.None),
        [0x0032] = new("T3B02", ToeSupport.None),
        [0x0035] = new("T3C10", ToeSupport.None),
        [0x0036] = new("S320E-CR", ToeSupport.None),
        [0x0037] = new("N320E-G2", ToeSupport.None),
        // T4
        [0x4000] = new("T440-DBG", ToeSupport.Unknown),
        [0x4001] = new("T420-CR", ToeSupport.Unknown),
        [0x4002] = new("T422-CR", ToeSupport.Unknown),
        [0x4003] = new("T440-CR", ToeSupport.Unknown),
        [0x4004] = new("T420-BCH", ToeSupport.Unknown),
        [0x4005] = new("T440-BCH", ToeSupport.Unknown),
        [0x4006] = new("T440-CH", ToeSupport.Unknown),
        [0x4007] = new("T420-SO", ToeSupport.Unknown),
        [0x4008] = new("T420-CX", ToeSupport.Unknown),
        [0x4009] = new("T420-BT", ToeSupport.Unknown),
        [0x400a] = new("T404-BT", ToeSupport.Unknown),
        [0x400b] = new("B420-SR", ToeSupport.Unknown),
        [0x400c] = new("B404-BT", ToeSupport.Unknown),
        [0x400d] = new("T480-CR", ToeSupport.Unknown),
        [0x400e] = new("T440-LP-CR", ToeSupport.Unknown),
        // T5
        [0x5000] = new("T580-DBG", ToeSupport.Unknown),
        [0x5001] = new("T520-CR", ToeSupport.Full),
        [0x5002] = new("T522-CR", ToeSupport.Unknown),
        [0x5003] = new("T540-CR", ToeSupport.Full),
        [0x5004] = new("T520-BCH", ToeSupport.Unknown),
        [0x5005] = new("T540-BCH", ToeSupport.Unknown),
        [0x5006] = new("T540-CH", ToeSupport.Unknown),
        [0x5007] = new("T520-SO", ToeSupport.Unknown),
        [0x5008] = new("T520-CX", ToeSupport.Unknown),
        [0x5009] = new("T520-BT", ToeSupport.Full),
        [0x500a] = new("T504-BT", ToeSupport.Unknown),
        [0x500b] = new("B520-SR", ToeSupport.Unknown),
        [0x500c] = new("B504-BT", ToeSupport.Unknown),
        [0x500d] = new("T580-CR", ToeSupport.Full),
        [0x500e] = new("T540-LP-CR", ToeSupport.Full),
        [0x5010] = new("T580-LP-CR", ToeSupport.Full),
        [0x5011] = new("T520-LL-CR", ToeSupport.Full),
        [0x5012] = new("T560-CR", ToeSupport.Unknown),
        [0x5013] = new("T580-CHR", ToeSupport.Unknown),
        [0x5014] = new("T580-SO-CR", ToeSupport.None),
        [0x5015] = new("T502-BT", ToeSupport.Unknown),
        [0x5016] = new("T580-OCP-SO", ToeSupport.None),
        [0x5017] = new("T520-OCP-SO", ToeSupport.Unknown),
        [0x5018] = new("T540-BT", ToeSupport.Full),
        [0x5019] = new("T540-LP-BT", ToeSupport.Unknown),
        [0x501a] = new("T540-SO-BT", ToeSupport.Unknown),
        [0x501b] = new("T540-SO-CR", ToeSupport.None),
        // T6
        [0x6000] = new("T6-DBG-25", ToeSupport.Unknown),
        [0x6001] = new("T6225-CR", ToeSupport.Full),
        [0x6002] = new("T6225-SO-CR", ToeSupport.MemoryFree),
        [0x6003] = new("T6425-CR", ToeSupport.Full),
        [0x6004] = new("T6425-SO-CR", ToeSupport.Unknown),
        [0x6005] = new("T6225-OCP-SO", ToeSupport.MemoryFree),
        [0x6006] = new("T62100-OCP-SO", ToeSupport.None),
        [0x6007] = new("T62100-LP-CR", ToeSupport.Full),
        [0x6008] = new("T62100-SO-CR", ToeSupport.None),
        [0x6009] = new("T6210-BT", ToeSupport.Unknown),
        [0x600d] = new("T62100-CR", ToeSupport.Full),
        [0x6010] = new("T6-DBG-100", ToeSupport.Unknown),
        [0x6011] = new("T6225-LL-CR", ToeSupport.Full),
        [0x6014] = new("T61100-OCP-SO", ToeSupport.None),
        [0x6015] = new("T6201-BT", ToeSupport.Unknown),
        // T7
        [0x7000] = new("T7-DBG", ToeSupport.Unknown),
        [0x7001] = new("T7250", ToeSupport.Unknown),
        [0x7002] = new("S7250", ToeSupport.Unknown),
        [0x7003] = new("T7450", ToeSupport.Unknown),
        [0x7004] = new("S7450", ToeSupport.Unknown),
        [0x7005] = new("T72200", ToeSupport.Unknown),
        [0x7006] = new("S72200", ToeSupport.Unknown),
        [0x7007] = new("T72200-FH", ToeSupport.Unknown),
        [0x7008] = new("T71400", ToeSupport.Unknown),
        [0x7009] = new("S7210-BT", ToeSupport.Unknown),
        [0x700a] = new("T7450-RC", ToeSupport.Unknown),
        [0x700b] = new("T72200-RC", ToeSupport.Unknown),
        [0x700c] = new("T72200-RC-FH", ToeSupport.Unknown),
        [0x700d] = new("S72200-OCP3", ToeSupport.Unknown),
        [0x700e] = new("S7450-OCP3", ToeSupport.Unknown),
        [0x700f] = new("S7410-BT-OCP3", ToeSupport.Unknown),
        [0x7010] = new("S7210-BT-A", ToeSupport.Unknown),
        [0x7011] = new("T7-MAYRA-7", ToeSupport.Unknown),
        [0x7012] = new("T7-INIC", ToeSupport.Unknown),
    }.ToFrozenDictionary();

    /// <summary>The product of a device id, whichever function it names.</summary>
    public static ChelsioProduct Of(ChelsioDeviceId id)
    {
        var key = id.IsEncoded ? (ushort)((id.Generation << 12) | id.Product) : id.Value;
        return Known.GetValueOrDefault(key)
            ?? new ChelsioProduct(string.Create(CultureInfo.InvariantCulture, $"T{id.Generation} (0x{id.Value:x4})"), ToeSupport.Unknown);
    }
}
