using System.Net;
using Toe.Chelsio.Policy;

namespace Toe.Chelsio.Tests.Policy;

/// <summary>Connection offload policies as cop(8) of Unified Wire 3.14.0.3 describes them.</summary>
public sealed class CopPolicyTests
{
    private static readonly IPEndPoint Here = new(IPAddress.Parse("198.51.100.10"), 40000);
    private static readonly IPEndPoint There = new(IPAddress.Parse("203.0.113.5"), 443);

    [Theory]
    [InlineData("", "Host")]
    [InlineData("all => offload", "Card")]
    [InlineData("all => !offload", "Host")]
    [InlineData("aopen => offload", "Card")]
    [InlineData("listen => offload", "Host")]
    [InlineData("popen && dst port 5001 => offload", "Host")]
    [InlineData("src or dst port 443 => offload tls mss 32 bind random", "Card")]
    [InlineData("src and dst port 443 => offload", "Host")]
    [InlineData("dst host 203.0.113.5 => offload", "Card")]
    [InlineData("src host 203.0.113.5 => offload", "Host")]
    [InlineData("net 203.0.113.0/24 => offload", "Card")]
    [InlineData("dst net 203.0.113.0 mask 255.255.255.0 => offload", "Card")]
    [InlineData("dst net 203.0.114.0 mask 255.255.255.0 => offload", "Host")]
    [InlineData("dst portrange 400-500 => offload", "Card")]
    [InlineData("dst portrange 444-500 => offload", "Host")]
    [InlineData("vers 4 => offload", "Card")]
    [InlineData("vers 6 => offload", "Host")]
    [InlineData("mark 12 => offload", "Card")]
    [InlineData("mark == 12 => offload", "Card")]
    [InlineData("mark & 0x8 == 8 => offload", "Card")]
    [InlineData("mark != 12 => offload", "Host")]
    [InlineData("mark > 11 => offload", "Card")]
    [InlineData("dscp 10 => offload", "Card")]
    [InlineData("tos 40 => offload", "Card")]
    [InlineData("not listen => offload", "Card")]
    [InlineData("!(mark 12 or vers 6) => offload", "Host")]
    [InlineData("listen ? all : mark 12 => offload", "Card")]
    [InlineData("vlan 7 => offload", "Depends")]
    [InlineData("dst port https => offload", "Depends")]
    [InlineData("something-newer => offload", "Depends")]
    [InlineData("vlan 7 => !offload\nall => offload", "Depends")]
    [InlineData("vlan 7 => offload\nall => offload", "Card")]
    [InlineData("mark 13 => offload\nall => !offload\nall => offload", "Host")]
    [InlineData("# all => offload\nall => \\\n  offload", "Card")]
    public void FirstMatchDecides_AndTheLastRuleIsNotToOffload(string text, string answer)
    {
        Assert.True(CopPolicy.TryParse(text, out var policy, out var error), error);
        var question = new CopQuestion(CopOpen.Active) { Source = Here, Destination = There, Mark = 12, TrafficClass = 40 };
        Assert.Equal(answer, policy.Ask(question, out _).ToString());
    }

    [Fact]
    public void Listeners_AreMatchedAsTheSource()
    {
        Assert.True(CopPolicy.TryParse("listen && src port 80 => offload\nlisten && dst port 81 => offload", out var policy, out _));
        Assert.Equal(CopAnswer.Card, policy.Ask(new CopQuestion(CopOpen.Listen) { Source = new IPEndPoint(IPAddress.Any, 80) }, out _));
        Assert.Equal(CopAnswer.Host, policy.Ask(new CopQuestion(CopOpen.Listen) { Source = new IPEndPoint(IPAddress.Any, 81) }, out _));
    }

    [Theory]
    [InlineData("all", "line 1")]
    [InlineData("all => offload\nport => offload", "line 2")]
    [InlineData("(all => offload", "line 1")]
    [InlineData("src => offload", "line 1")]
    [InlineData("net 192.0.2.0/99 => offload", "line 1")]
    [InlineData("host nowhere => offload", "line 1")]
    [InlineData("portrange 9-x => offload", "line 1")]
    [InlineData("vers 5 => offload", "line 1")]
    [InlineData("mark => offload", "line 1")]
    [InlineData("=> offload", "line 1")]
    [InlineData("all ? all => offload", "line 1")]
    public void WhatCannotBeRead_IsNamedByItsLine(string text, string line)
    {
        Assert.False(CopPolicy.TryParse(text, out _, out var error));
        Assert.StartsWith(line, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TheRuleThatDecidedIsNamed()
    {
        Assert.True(CopPolicy.TryParse("dst port 443 => !offload\nall => offload", out var policy, out _));
        policy.Ask(new CopQuestion(CopOpen.Active) { Destination = There }, out var rule);
        Assert.Equal("dst port 443 => !offload", rule?.Text);
    }

    [Theory]
    [InlineData(12, null)]
    [InlineData(null, 10)]
    public void ThePolicyThatWeWrite_TakesWhatWeSteer_AndNothingElse(int? mark, int? dscp)
    {
        var options = new ChelsioOptions { Mark = mark, Dscp = dscp };
        options.HostOnly.Add(new ChelsioHostOnly { Network = IPNetwork.Parse("192.0.2.0/24"), FirstPort = 22 });
        options.HostOnly.Add(new ChelsioHostOnly { FirstPort = 5000, LastPort = 5010 });
        Assert.True(CopPolicy.TryParse(CopWriter.Write(options)!, out var policy, out var error), error);

        Assert.Equal(new CopControl(KeepsOff: true, TakesActive: true, TakesPassive: true), CopControl.Of(policy, options));
        Assert.Equal(CopAnswer.Card, CopControl.AskActive(policy, options, Here, There, out _));
        Assert.Equal(CopAnswer.Depends, CopControl.AskListen(policy, options, new IPEndPoint(Here.Address, 8080), out _)); // On whether the peer is one of HostOnly.
        Assert.Equal(CopAnswer.Host, CopControl.AskActive(policy, options, Here, new IPEndPoint(IPAddress.Parse("192.0.2.7"), 22), out _));
        Assert.Equal(CopAnswer.Host, CopControl.AskActive(policy, options, Here, new IPEndPoint(There.Address, 5010), out _));
        Assert.Equal(CopAnswer.Host, CopControl.AskListen(policy, options, new IPEndPoint(Here.Address, 5000), out _));
    }

    [Theory]
    [InlineData("all => offload", false)]
    [InlineData("mark 12 => offload", true)]
    [InlineData("mark 12 => offload\ndst port 443 => offload", false)]
    [InlineData("mark != 12 => offload", false)]
    [InlineData("mark 12 && dst port 443 => offload", true)]
    [InlineData("mark 12 or something-newer => offload", false)]
    [InlineData("listen => offload\nmark 12 => offload", true)]
    [InlineData("popen => offload\nlisten => offload", false)]
    public void OnlyAPolicyThatLeavesPlainSocketsAlone_KeepsThemOff(string text, bool keepsOff)
    {
        Assert.True(CopPolicy.TryParse(text, out var policy, out _));
        Assert.Equal(keepsOff, CopControl.Of(policy, new ChelsioOptions { Mark = 12 }).KeepsOff);
    }

    [Fact]
    public void WithoutSteering_ThereIsNoPolicyToWrite() => Assert.Null(CopWriter.Write(new ChelsioOptions()));
}
