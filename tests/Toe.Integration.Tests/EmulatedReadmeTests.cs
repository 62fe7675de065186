using System.Net;
using Toe.Emulated;
using Toe.Emulated.Links;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>The example of Toe.Emulated's README: it compiles, it runs, and it is the one that stands there.</summary>
public sealed class EmulatedReadmeTests
{
    [Fact]
    public async Task Example_Runs_AndSaysWhatItsCommentsSay()
    {
        var lines = new List<string>();
        await ExampleAsync(new Lines(lines), TestContext.Current.CancellationToken);

        Assert.Contains("emulated:fabric", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Health.Failed", lines[1], StringComparison.Ordinal);
        Assert.Contains("the firmware crashed", lines[1], StringComparison.Ordinal);
        Assert.Contains("Health.Failed", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Example_IsTheReadmes()
    {
        var readme = await File.ReadAllTextAsync(Repository.PathOf("src", "Toe.Emulated", "README.md"), TestContext.Current.CancellationToken);
        var source = await File.ReadAllTextAsync(Repository.PathOf("tests", "Toe.Integration.Tests", "EmulatedReadmeTests.cs"), TestContext.Current.CancellationToken);
        var block = readme.Split("```csharp\n")[1].Split("\n```")[0];

        Assert.Contains(string.Join('\n', block.Split('\n').Select(line => line.Length == 0 ? line : "        " + line)), source, StringComparison.Ordinal);
    }

    [Fact]
    public void Table_NamesMembersThatExist()
    {
        var readme = File.ReadAllText(Repository.PathOf("src", "Toe.Emulated", "README.md"));
        var table = readme.Split("|---|---|\n")[1].Split("\n\n")[0];
        var members = typeof(EmulatedCard).GetMembers().Select(member => member.Name).ToHashSet();

        var named = System.Text.RegularExpressions.Regex.Matches(string.Join('\n', table.Split('\n').Select(row => row.Split('|')[1])), "`([A-Za-z]+)");
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name.Groups[1].Value, members));
    }

    // What follows stands in the README; the parameter takes the console's place.
    private static async Task ExampleAsync(Lines Console, CancellationToken cancellationToken)
    {
        var provider = new EmulatedProvider([new EmulatedFabricOptions { Fabric = new Fabric() }]);
        await using var stack = ToeStack.Create(builder => builder.AddEmulated(provider));
        await stack.StartAsync(cancellationToken);
        var card = provider.Cards[0];

        await using var listener = await stack.ListenAsync(new ToeListenRequest(new IPEndPoint(IPAddress.Loopback, 0)), cancellationToken);
        await using var client = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint), cancellationToken);
        await using var server = await listener.AcceptAsync(cancellationToken);
        Console.WriteLine(client.Placement); // On the card: emulated:fabric.

        card.Crash();
        try
        {
            await client.ReceiveAsync(new byte[1], cancellationToken); // Ends at once: a dead card never leaves its connections hanging.
        }
        catch (ToeConnectionLostException lost)
        {
            Console.WriteLine(lost.Reason); // Health.Failed: the firmware crashed
        }

        await using var second = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint), cancellationToken);
        Console.WriteLine(second.Trace); // On the host stack, and why.
    }

    private sealed class Lines(List<string> lines)
    {
        public void WriteLine(object text) => lines.Add(text.ToString()!);
    }
}
