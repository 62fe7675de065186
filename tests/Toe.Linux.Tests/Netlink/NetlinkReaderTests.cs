namespace Toe.Linux.Tests;

public sealed class NetlinkReaderTests
{
    [Fact]
    public void Walks_padded_messages()
    {
        var reader = new NetlinkReader(Bytes.Join(Bytes.Message(16, 2, [1, 2, 3, 4, 5]), Bytes.Message(3, 2, Bytes.Word(0))));

        Assert.True(reader.TryRead(out var first));
        Assert.Equal(5, first.Payload.Length);
        Assert.True(reader.TryRead(out var second));
        Assert.Equal(NetlinkMessageHeader.Done, second.Header.Type);
        Assert.False(reader.TryRead(out _));
        Assert.False(reader.IsMalformed);
    }

    [Theory]
    [InlineData("10000000")]                                        // no whole header
    [InlineData("0f000000 0300 0000 00000000 00000000")]            // shorter than its header
    [InlineData("11000000 0300 0000 00000000 00000000")]            // longer than the datagram
    [InlineData("ffffffff 0300 0000 00000000 00000000")]
    public void Refuses_a_wrong_length(string datagram)
    {
        var reader = new NetlinkReader(Bytes.Hex(datagram));

        Assert.False(reader.TryRead(out _));
        Assert.True(reader.IsMalformed);
    }

    [Fact]
    public void Reads_the_text_of_an_extended_acknowledgement()
    {
        var quoted = Bytes.Message(26, 1, [9, 9, 9, 9]);
        var payload = Bytes.Join(Bytes.Word(unchecked((uint)-101)), quoted, Bytes.Attribute(1, Bytes.Text("no way")));

        var outcome = NetlinkError.Parse(new(new() { Type = 2, Flags = NetlinkMessageHeader.FlagErrorAttributes }, payload));

        Assert.Equal(ErrorNumber.NetworkUnreachable, outcome.ErrorNumber);
        Assert.Contains("no way", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("ENETUNREACH", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capped_acknowledgement_quotes_only_the_header()
    {
        var payload = Bytes.Join(Bytes.Word(unchecked((uint)-22)), Bytes.Message(26, 1, [9, 9, 9, 9])[..16], Bytes.Attribute(1,
            Bytes.Text("short")));
        const ushort flags = NetlinkMessageHeader.FlagErrorAttributes | NetlinkMessageHeader.FlagCapped;

        Assert.Equal("short", NetlinkError.Parse(new(new() { Type = 2, Flags = flags }, payload)).Text);
    }

    [Fact]
    public void An_acknowledgement_without_an_error_number_is_a_bad_message() =>
        Assert.Equal(ErrorNumber.BadMessage, NetlinkError.Parse(new(default, [1, 2])).ErrorNumber);
}
