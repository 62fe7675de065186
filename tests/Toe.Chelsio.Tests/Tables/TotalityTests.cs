using CsCheck;
using Toe.Chelsio.Devices;
using Toe.Chelsio.Policy;
using Toe.Chelsio.Tables;
using Toe.Testing;

namespace Toe.Chelsio.Tests.Tables;

/// <summary>Whatever a file holds, its reader returns. CsCheck prints the seed of a failure; CsCheck_Iter sets how many inputs.</summary>
public sealed class TotalityTests
{
    /// <summary>Pieces of the real files, so that mutations reach deep.</summary>
    private static readonly string[] Pieces =
    [
        "Device           Offload Module     Policy   Interfaces\n", "toe0             Chelsio-T4           no     eth2 eth3\n", "TID     Port       IP address\n", "5615    8080    198.51.100.10\n",
        "Connections in use: 12\n", "TID range: 0..5119/6144..18431, in use: 3/9\n", "STID range: 5120..5615, in use-IPv4/IPv6: 2/1\n", "HW TID usage: 12 IP users, 0 IPv6 users\n",
        "Free clip entries : 319\n", "1280 Rx pages (1270 free) of size 64KiB\n", "Tx pcmds  Tx bytes\n", "Read: 1 2\n", "QType:   TOE  TOE\n", "RspQ ID: 1  2\n", "1 2 ERR CORE text\n",
        "ipv6 offload support = ", "enabled", " Idx IP address\n", "  1 198.51.100.1 ", "9223372036854775807", "99999999999999999999", "-1", "..", "/", ":", "\0", "\n", "  ", "é",
        "mark 12 => offload\n", "src or dst net 192.0.2.0/24 && port 80 => !offload\n", "((((", "))))", "=>", "?", "!", "not ", "all", "\\\n", "# ", "portrange 1-2", "vers 6", "mark & 0xff >= 3",
    ];

    private static readonly Gen<string> Text = Gen.Frequency(
        (1, Gen.String),
        (4, Gen.OneOf(Gen.Int[0, Pieces.Length - 1].Select(static index => Pieces[index]), Gen.String[0, 8]).Array[0, 12].Select(static parts => string.Concat(parts))));

    [Fact]
    public void EveryReader_ReturnsWhateverItReads() => Text.Sample(
        static text =>
        {
            OffloadDeviceTable.Parse(text);
            OffloadListenerTable.Parse(text);
            IdentifierTable.Parse(text);
            LabelledValues.Parse(text);
            L2Table.CountEntries(text);
            ClipTable.Parse(text);
            CardMemory.Parse(text);
            PayloadStatistics.Parse(text);
            QueueTable.Parse(text);
            DeviceLog.Parse(text);
            NumberList.Parse(text);
            NumberList.ParseOne(text);
            IPv6Offload.Parse(text);
            ChelsioFirmware.Parse(text);
            Assert.True(LoadedPolicy.TryFind("COP policies:" + text, out var written));
            if (CopPolicy.TryParse(written, out var policy, out var error))
                policy.Ask(new CopQuestion(CopOpen.Active), out _);
            else
                Assert.NotEmpty(error);
        },
        iter: Fuzzing.Inputs(200_000));

    [Fact]
    public void NestingIsBounded()
    {
        Assert.False(CopPolicy.TryParse(new string('(', 60_000) + "all => offload", out _, out var error));
        Assert.Contains("nested", error, StringComparison.Ordinal);
        Assert.True(CopPolicy.TryParse(new string('!', 50_000) + "all => offload", out var policy, out _));
        Assert.Equal(CopAnswer.Card, policy.Ask(new CopQuestion(CopOpen.Active), out _));
    }
}
