using Microsoft.Extensions.Time.Testing;
using Toe.Core.Tests.Configuration;
using Toe.Policy;

namespace Toe.Core.Tests.Policy;

public sealed class OperatorPolicyTests : IDisposable
{
    private const string Forbid = """{ "mode": "forbid" }""";
    private const string Name = "toe.json";
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines<OperatorPolicy> _log = new();
    private readonly Signal _changed = new();

    public void Dispose()
    {
        _folder.Dispose();
        _changed.Dispose();
    }

    [Fact]
    public void Without_a_file_the_operator_says_nothing()
    {
        using var policy = Open();
        Assert.Same(OperatorRules.Silent, policy.Current);
        Assert.Empty(_log.Lines);
    }

    [Fact, Trait("Requirement", "TOE-POLI-002")]
    public void OperatorForbidden_by_the_file()
    {
        _folder.Write(Name, Forbid);
        using var policy = Open();
        Assert.True(policy.Current.Forbidden.Is(ToeReasons.OperatorForbidden));
    }

    [Theory, Trait("Requirement", "TOE-POLI-002")]
    [InlineData("forbid", true)]
    [InlineData(" FORBID ", true)]
    [InlineData("prefer", false)]
    [InlineData("Prefer", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void OperatorForbidden_by_the_environment(string? value, bool forbidden)
    {
        using var policy = Open(value);
        Assert.Equal(forbidden, policy.Current.Forbidden.Is(ToeReasons.OperatorForbidden));
        Assert.Equal(forbidden ? "operator TOE_MODE" : "", policy.Current.ForbiddenBy);
        Assert.Empty(_log.Errors);
    }

    [Theory]
    [InlineData("require")]
    [InlineData("off")]
    public void OperatorForbidden_by_a_malformed_environment_is_logged(string value)
    {
        _folder.Write(Name, """{ "policy": { "rules": [ { "name": "all", "mode": "prefer" } ] } }""");
        using var policy = Open(value);
        Assert.True(policy.Current.IsAbsolute);
        Assert.Equal(ToeReasons.OperatorForbidden.With($"TOE_MODE is '{value}', neither 'forbid' nor 'prefer'"), policy.Current.Forbidden);
        Assert.Single(_log.Errors);
    }

    [Fact, Trait("Requirement", "TOE-POLI-005")]
    public void OperatorPolicyUnreadable_when_malformed_from_the_start_until_mended()
    {
        _folder.Write(Name, "{ \"mode\": \"forbid\",\n  nonsense }");
        using var policy = Open();
        Assert.True(policy.Current.Forbidden.Is(ToeReasons.OperatorPolicyUnreadable));
        Assert.True(policy.Current.IsAbsolute);
        Assert.Contains("line 2, column 3", Assert.Single(_log.Errors), StringComparison.Ordinal);
        Tick();
        Tick();
        Assert.Single(_log.Errors);

        _folder.ReplaceByRename(Name, "{}");
        Tick();
        Assert.True(policy.Current.Forbidden.IsNone);
        Assert.Equal(1, _changed.Count);
    }

    [Fact]
    public void OperatorPolicyUnreadable_when_the_file_cannot_be_read()
    {
        // A folder in the file's place cannot be read by anybody, root included.
        Directory.CreateDirectory(_folder.File(Name));
        using var policy = Open();
        Assert.True(policy.Current.Forbidden.Is(ToeReasons.OperatorPolicyUnreadable));
        Tick();
        Assert.Single(_log.Errors);
        Assert.Equal(0, _changed.Count);
    }

    [Fact]
    public void OperatorPolicyUnreadable_when_larger_than_a_person_writes()
    {
        _folder.Write(Name, new string(' ', SmallFile.Limit) + "{}");
        using var policy = Open();
        Assert.True(policy.Current.Forbidden.Is(ToeReasons.OperatorPolicyUnreadable));
    }

    [Fact, Trait("Requirement", "TOE-POLI-005")]
    public void A_malformed_replacement_keeps_the_last_good_one_with_one_error()
    {
        _folder.Write(Name, Forbid);
        using var policy = Open();
        var good = policy.Current;
        _folder.ReplaceByRename(Name, "{");
        Tick();
        Tick();
        Assert.Same(good, policy.Current);
        Assert.Single(_log.Errors);
        Assert.Equal(0, _changed.Count);
    }

    [Fact]
    public void A_file_that_goes_takes_its_word_with_it()
    {
        _folder.Write(Name, Forbid);
        using var policy = Open();
        File.Delete(_folder.File(Name));
        Tick();
        Assert.Same(OperatorRules.Silent, policy.Current);

        // After it nothing good is left to fall back to.
        _folder.Write(Name, "{");
        Tick();
        Assert.True(policy.Current.Forbidden.Is(ToeReasons.OperatorPolicyUnreadable));
    }

    [Fact]
    public void A_folder_that_comes_and_goes_is_followed()
    {
        var folder = _folder.File("etc");
        using var policy = Open(path: Path.Combine(folder, Name));
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, Name), Forbid);
        Tick();
        Assert.True(policy.Current.Forbidden.Is(ToeReasons.OperatorForbidden));
        Directory.Delete(folder, recursive: true);
        Tick();
        Assert.Same(OperatorRules.Silent, policy.Current);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, Name), Forbid);
        Tick();
        Assert.True(policy.Current.Forbidden.Is(ToeReasons.OperatorForbidden));
    }

    [Fact]
    public async Task A_replacement_by_rename_is_noticed_without_waiting_for_the_timer()
    {
        _folder.Write(Name, "{}");
        using var policy = new OperatorPolicy(new OperatorPlace(_folder.File(Name), null), TimeProvider.System, _log);
        policy.Changed += _changed.Set;
        _folder.ReplaceByRename(Name, Forbid);
        await _changed.Wait();
        Assert.True(policy.Current.Forbidden.Is(ToeReasons.OperatorForbidden));
    }

    [Fact]
    public void Nothing_is_raised_after_disposal()
    {
        var policy = Open();
        policy.Dispose();
        _folder.Write(Name, Forbid);
        Tick();
        Assert.Equal(0, _changed.Count);
    }

    [Fact]
    public void Hits_go_on_over_a_change_of_the_file()
    {
        const string Rule = """{ "name": "lab", "remote": "10.0.0.0/8", "mode": "forbid" }""";
        _folder.Write(Name, $$"""{ "policy": { "rules": [ {{Rule}} ] } }""");
        using var policy = Open();
        policy.Current.Rules.Match(PolicyDirection.Connect, null, new(System.Net.IPAddress.Parse("10.0.0.1"), 1));
        _folder.ReplaceByRename(Name, $$"""{ "policy": { "rules": [ {{Rule}}, { "name": "more" } ] } }""");
        Tick();
        Assert.Equal([("lab", 1L), ("more", 0L)], policy.Current.Rules.Rules.Select(rule => (rule.Name, rule.Hits)));
    }

    private void Tick() => _time.Advance(OperatorPolicy.Period);

    private OperatorPolicy Open(string? variable = null, string? path = null)
    {
        var policy = new OperatorPolicy(new OperatorPlace(path ?? _folder.File(Name), variable), _time, _log);
        policy.Changed += _changed.Set;
        return policy;
    }
}
