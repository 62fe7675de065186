using CsCheck;
using Toe.Linux.Routes;

namespace Toe.Linux.Tests.Hosts;

/// <summary>A VRF's table in RTM_NEWLINK: <c>struct ifinfomsg</c>, then IFLA_LINKINFO (18) with IFLA_INFO_KIND (1) and IFLA_INFO_DATA (2), in it IFLA_VRF_TABLE (1). Source: linux/if_link.h.</summary>
public sealed class RecordedVrfTests
{
    private const string Header = "0000" + "0100" + "0e000000" + "43000100" + "00000000";
    private const string Vrf = Header + "18001200" + "08000100" + "76726600" + "0c000200" + "08000100" + "4d000000";

    [Fact]
    public void Reads_index_and_table() => Assert.Equal(new RecordedVrf(14, 77), RecordedVrf.TryParse(Convert.FromHexString(Vrf)));

    [Fact]
    public void A_recording_keeps_it()
    {
        using var addresses = new Toe.Linux.Recording.AddressScrubber(new byte[32]);
        Assert.Equal(new RecordedVrf(14, 77), RecordedVrf.TryParse(new Toe.Linux.Recording.RouteScrubber(addresses).Scrub(18, Convert.FromHexString(Vrf))));
    }

    [Theory]
    [InlineData(Header)]
    [InlineData(Header + "0c001200" + "08000100" + "76726600")]                                                         // no data
    [InlineData(Header + "18001200" + "08000100" + "76726677" + "0c000200" + "08000100" + "4d000000")]                  // another kind
    [InlineData(Header + "16001200" + "08000100" + "76726600" + "0a000200" + "06000100" + "4d000000")]                  // a table of two bytes
    [InlineData("0000" + "0100")]
    public void Everything_else_is_none(string message) => Assert.Null(RecordedVrf.TryParse(Convert.FromHexString(message)));

    [Fact]
    public void Is_total() => Gen.OneOf(Gen.Byte.Array, Gen.Select(Gen.Int[0, (Vrf.Length / 2) - 1], Gen.Byte, Gen.Int[0, Vrf.Length / 2]).Select(Damage)).Sample(bytes =>
    {
        RecordedVrf.TryParse(bytes);
    });

    private static byte[] Damage(int at, byte value, int length)
    {
        var bytes = Convert.FromHexString(Vrf);
        bytes[at] = value;
        return bytes[..length];
    }
}
