using System.Text.RegularExpressions;
using Toe.Emulated;
using Toe.Testing;

namespace Toe.Integration.Tests;

/// <summary>The table of Toe.Emulated's README. Its examples are run when the packages are checked.</summary>
public sealed class EmulatedReadmeTests
{
    [Fact]
    public void Table_NamesMembersThatExist()
    {
        var readme = File.ReadAllText(Repository.PathOf("src", "Toe.Emulated", "README.md"));
        var table = readme.Split("|---|---|\n")[1].Split("\n\n")[0];
        var members = typeof(EmulatedCard).GetMembers().Select(member => member.Name).ToHashSet();

        var named = Regex.Matches(string.Join('\n', table.Split('\n').Select(row => row.Split('|')[1])), "`([A-Za-z]+)");
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name.Groups[1].Value, members));
    }
}
