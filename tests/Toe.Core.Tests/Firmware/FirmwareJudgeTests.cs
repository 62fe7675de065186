using System.Text;
using System.Text.Json;
using CsCheck;
using Toe.Core.Tests.Configuration;
using Toe.Firmware;

namespace Toe.Core.Tests.Firmware;

public sealed class FirmwareJudgeTests
{
    [Theory]
    [InlineData("1.2.0")]
    [InlineData("1.3.7")]
    [InlineData("1.4.0")]
    [InlineData("1.4.0.0")]
    public void Between_recommended_and_tested_is_ok(string version)
    {
        var assessment = FirmwareBench.Judge(version);
        Assert.Equal(FirmwareVerdict.Ok, assessment.Verdict);
        Assert.True(assessment.Reason.IsNone);
        Assert.Equal(("emulated/Software TOE", "the software TOE's own release history"), (assessment.CatalogueEntry, assessment.Source));
    }

    [Fact, Trait("Requirement", "TOE-CIRC-006")]
    public void VersionFirmwareOld_is_refused() =>
        Check(
            FirmwareBench.Judge("0.9.9"), FirmwareVerdict.Refuse, ToeReasons.VersionFirmwareOld,
            "0.9.9.0 is older than the minimum 1.0.0.0");

    [Fact, Trait("Requirement", "TOE-CIRC-006")]
    public void VersionFirmwareBlocked_is_refused_with_its_advisory()
    {
        var assessment = FirmwareBench.Judge("1.1.3");
        Check(
            assessment, FirmwareVerdict.Refuse, ToeReasons.VersionFirmwareBlocked,
            "1.1.3.0: made for tests: no such fault exists (TOE-TEST-0001, an advisory made for tests)");
        Assert.Equal("TOE-TEST-0001, an advisory made for tests", assessment.Source);
    }

    [Fact]
    public void VersionFirmwareUntested_is_warned_about() => Check(
        FirmwareBench.Judge("1.4.0.1"), FirmwareVerdict.Warn, ToeReasons.VersionFirmwareUntested,
        "1.4.0.1 is newer than the newest tested 1.4.0.0");

    [Fact]
    public void VersionFirmwareOutdated_is_warned_about() =>
        Check(
            FirmwareBench.Judge("1.1.9"), FirmwareVerdict.Warn, ToeReasons.VersionFirmwareOutdated,
            "1.1.9.0 is older than the recommended 1.2.0.0");

    [Theory, Trait("Requirement", "TOE-CIRC-006")]
    [InlineData(null, "the adapter reports no version")]
    [InlineData("", "'' does not follow the grammar of emulated")]
    [InlineData("N/A", "'N/A' does not follow the grammar of emulated")]
    [InlineData("1.4.0-beta", "'1.4.0-beta' does not follow the grammar of emulated")]
    public void VersionFirmwareUnreadable_is_refused(string? text, string expected) =>
        Check(FirmwareBench.Judge(text), FirmwareVerdict.Refuse, ToeReasons.VersionFirmwareUnreadable, expected);

    [Fact]
    public void The_minimum_itself_is_not_too_old() =>
        Assert.Equal("Version.FirmwareOutdated", FirmwareBench.Judge("1.0.0").Reason.Name);

    [Fact]
    public void VersionFirmwareUnknown_is_warned_about()
    {
        var assessment = FirmwareBench.Judge("1.2.3", adapter: FirmwareBench.Adapter("acme", "Rocket"));
        Check(assessment, FirmwareVerdict.Warn, ToeReasons.VersionFirmwareUnknown, "no entry for acme/Rocket");
        Assert.Null(assessment.CatalogueEntry);
        Assert.Null(assessment.Source);
    }

    [Fact]
    public void What_is_unreadable_is_refused_for_an_unknown_model_too() => Check(
        FirmwareBench.Judge("x", adapter: FirmwareBench.Adapter("acme", "Rocket")), FirmwareVerdict.Refuse,
        ToeReasons.VersionFirmwareUnreadable, "'x' does not follow the grammar of acme");

    [Theory]
    [InlineData("0.5.0", "Version.FirmwareBlocked")]
    [InlineData("0.9.0", "Version.FirmwareOld")]
    [InlineData("9.0.0", "Version.FirmwareBlocked")]
    [InlineData("8.0.0", "Version.FirmwareUntested")]
    [InlineData("1.5.0", "Version.FirmwareOutdated")]
    public void Of_equal_consequences_the_graver_finding_speaks(string version, string reason)
    {
        var catalogue = FirmwareCatalogueParser.Parse("""
            { "format": 1, "adapters": [ { "provider": "acme", "model": "*", "source": "s", "minimum": "1", "recommended": "2",
              "tested": "3", "blocked": [ { "version": "0.5.0", "reason": "r", "source": "a" },
              { "from": "9.0", "to": "9.9", "reason": "r", "source": "b" } ] } ] }
            """u8);
        var consequences = new FirmwareConsequenceOptions
        {
            Old = FirmwareVerdict.Warn,
            Blocked = FirmwareVerdict.Warn,
            Unreadable = FirmwareVerdict.Warn,
        };
        var assessment = FirmwareJudge.Judge(catalogue, FirmwareBench.Unproven, consequences, FirmwareBench.Adapter("acme", "m"), FirmwareBench.Status(version));
        Assert.Equal(reason, assessment.Reason.Name);
    }

    [Theory]
    [InlineData("2.0", "5.0", FirmwareVerdict.Ok, "None", "acme/m")]
    [InlineData("2.0", "4.9", FirmwareVerdict.Refuse, "Version.FirmwareOld", "acme/m engine")]
    [InlineData("1.9", "5.0", FirmwareVerdict.Warn, "Version.FirmwareOutdated", "acme/m")]
    [InlineData("1.9", "4.9", FirmwareVerdict.Refuse, "Version.FirmwareOld", "acme/m engine")]
    [InlineData("1.9", "5.1", FirmwareVerdict.Warn, "Version.FirmwareOutdated", "acme/m")] // of equal ones the adapter's own speaks
    [InlineData("2.0", "x", FirmwareVerdict.Refuse, "Version.FirmwareUnreadable", "acme/m engine")]
    [InlineData("2.0", null, FirmwareVerdict.Refuse, "Version.FirmwareUnreadable", "acme/m engine")]
    public void Parts_are_judged_by_entries_of_their_own_and_the_hardest_verdict_counts(
        string version, string? part, FirmwareVerdict verdict, string reason, string entry)
    {
        var catalogue = FirmwareCatalogueParser.Parse("""
            { "format": 1, "adapters": [ { "provider": "acme", "model": "m", "part": "engine", "source": "e", "minimum": "5.0", "tested": "5.0" },
              { "provider": "acme", "model": "m", "source": "s", "recommended": "2.0" } ] }
            """u8);
        FirmwareVersion? read = FirmwareVersion.TryParse(part, null, out var parsed) ? parsed : null;
        var status = FirmwareBench.Status(version) with { FirmwareParts = [new FirmwarePart("engine", part, read)] };
        var assessment = FirmwareJudge.Judge(catalogue, FirmwareBench.Unproven, new FirmwareConsequenceOptions(), FirmwareBench.Adapter("acme", "m"), status);
        Assert.Equal((verdict, reason, entry), (assessment.Verdict, assessment.Reason.Name, assessment.CatalogueEntry));
        Assert.Equal((version, null), (assessment.FirmwareText, assessment.Part)); // The adapter's own version stays the one that is shown.
        var engine = Assert.Single(assessment.Parts);
        Assert.Equal(("engine", part, read), (engine.Part, engine.FirmwareText, engine.Firmware));
        if (reason == "Version.FirmwareOld")
            Assert.Contains("engine 4.9.0.0 is older than the minimum 5.0.0.0", assessment.Reason.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_without_an_entry_is_unknown_and_does_not_borrow_the_adapters()
    {
        var status = FirmwareBench.Status("1.2.0") with { FirmwareParts = [new FirmwarePart("engine", "1.2.0", new FirmwareVersion(1, 2))] };
        var assessment = FirmwareJudge.Judge(FirmwareCatalogueFile.Shipped, FirmwareBench.Unproven, new FirmwareConsequenceOptions(), FirmwareBench.Adapter(), status);
        Check(assessment, FirmwareVerdict.Warn, ToeReasons.VersionFirmwareUnknown, "no entry for emulated/Software TOE engine");
    }

    [Fact]
    public void A_graver_finding_that_is_allowed_does_not_hide_one_that_is_not()
    {
        var catalogue = FirmwareCatalogueParser.Parse("""
            { "format": 1, "adapters": [ { "provider": "acme", "model": "*", "source": "s", "minimum": "1",
              "blocked": [ { "version": "0.5.0", "reason": "r", "source": "a" } ] } ] }
            """u8);
        var assessment = FirmwareJudge.Judge(
            catalogue, FirmwareBench.Unproven, new FirmwareConsequenceOptions { Blocked = FirmwareVerdict.Ok },
            FirmwareBench.Adapter("acme", "m"), FirmwareBench.Status("0.5.0"));
        Assert.Equal((FirmwareVerdict.Refuse, "Version.FirmwareOld"), (assessment.Verdict, assessment.Reason.Name));
    }

    [Theory]
    [InlineData("0.9.0", nameof(FirmwareConsequenceOptions.Old))]
    [InlineData("1.1.3", nameof(FirmwareConsequenceOptions.Blocked))]
    [InlineData("1.5.0", nameof(FirmwareConsequenceOptions.Untested))]
    [InlineData("?", nameof(FirmwareConsequenceOptions.Unreadable))]
    [InlineData("1.1.0", nameof(FirmwareConsequenceOptions.Outdated))]
    public void Every_consequence_can_be_set(string version, string member)
    {
        foreach (var verdict in Enum.GetValues<FirmwareVerdict>())
        {
            var consequences = new FirmwareConsequenceOptions
            {
                Old = FirmwareVerdict.Ok,
                Blocked = FirmwareVerdict.Ok,
                Untested = FirmwareVerdict.Ok,
                Unreadable = FirmwareVerdict.Ok,
                Unknown = FirmwareVerdict.Ok,
                Outdated = FirmwareVerdict.Ok,
            };
            typeof(FirmwareConsequenceOptions).GetProperty(member)!.SetValue(consequences, verdict);
            var assessment = FirmwareBench.Judge(version, consequences);
            Assert.Equal((verdict, "Version.Firmware" + member), (assessment.Verdict, assessment.Reason.Name));
        }
    }

    [Fact, Trait("Requirement", "TOE-CIRC-006")]
    public void No_text_that_is_not_a_version_is_ever_ok() => Gen.String.Sample(text =>
        FirmwareVersion.TryParse(text, out _) || FirmwareBench.Judge(text).Verdict == FirmwareVerdict.Refuse);

    [Theory]
    [InlineData("chelsio", "T62100-CR", "1.25.4.0", "Version.FirmwareOutdated")]
    [InlineData("chelsio", "T6225-SO-CR", "1.24.14.0", "Version.FirmwareOld")]
    [InlineData("chelsio", "T420-CR", "1.3.0.0", "Version.FirmwareOld")]
    [InlineData("chelsio", "T520-CR", "1.27.5.0", "Version.FirmwareUntested")]
    [InlineData("chelsio", "T7250-CR", "1.25.1.27", "Version.FirmwareUnknown")]
    [InlineData("qlogic", "QL57840 4x10", "7.13.24", "Version.FirmwareBlocked")]
    [InlineData("qlogic", "BCM57810", "7.13.24", "None")]
    [InlineData("qlogic", "NX3031", "4.0.504", "Version.FirmwareOld")]
    public void The_shipped_catalogue_speaks_for_cards(string provider, string model, string version, string reason) =>
        Assert.Equal(reason, FirmwareBench.Judge(version, adapter: FirmwareBench.Adapter(provider, model)).Reason.Name);

    [Fact]
    public void Follows_a_change_of_the_consequences()
    {
        using var options = new OptionsBox(new ToeOptions());
        using var catalogue = new FirmwareCatalogueSource(options, TimeProvider.System, new LogLines<FirmwareCatalogueSource>());
        using var reports = new ConformanceReportSource(options, TimeProvider.System, new LogLines<ConformanceReportSource>());
        var judge = new FirmwareJudge(catalogue, reports, options);
        Assert.Equal(FirmwareVerdict.Refuse, judge.Judge(FirmwareBench.Adapter(), FirmwareBench.Status("0.1")).Verdict);
        var changed = new ToeOptions();
        changed.Firmware.Consequences.Old = FirmwareVerdict.Warn;
        options.Set(changed);
        Assert.Equal(FirmwareVerdict.Warn, judge.Judge(FirmwareBench.Adapter(), FirmwareBench.Status("0.1")).Verdict);
    }

    [Theory, Trait("Requirement", "TOE-CIRC-010")]
    [InlineData("1.2.0", "emulated", "Software TOE", "1.2.0", true)]
    [InlineData("1.2.0", "emulated", "Software TOE", "1.2.0.0", false)] // The text counts, as the report has it.
    [InlineData("1.2.0", "emulated", "Software TOE", "1.3.0", false)]
    [InlineData("1.2.0", "emulated", "Software TOE", null, false)]
    [InlineData("1.2.0", "emulated", "software toe", "1.2.0", false)]
    [InlineData("1.2.0", "emulated", "*", "1.2.0", false)]
    [InlineData("1.2.0", "acme", "Software TOE", "1.2.0", false)]
    [InlineData("", "emulated", "Software TOE", null, false)]
    [InlineData(null, "emulated", "Software TOE", "", false)]
    [InlineData(null, "emulated", "Software TOE", null, true)]
    public void Only_a_report_of_the_same_provider_product_and_firmware_proves(string? version, string provider, string product, string? firmware, bool proves)
    {
        var consequences = new FirmwareConsequenceOptions { Unproven = FirmwareVerdict.Refuse, Unreadable = FirmwareVerdict.Ok };
        var assessment = FirmwareBench.Judge(version, consequences, null, new ConformanceProof("acme", "Rocket", "7"), new ConformanceProof(provider, product, firmware));
        Assert.Equal(proves ? FirmwareVerdict.Ok : FirmwareVerdict.Refuse, assessment.Verdict);
        Assert.Equal(!proves, assessment.Reason.Is(ToeReasons.VersionUnproven));
    }

    [Theory]
    [InlineData("1.2.0", FirmwareVerdict.Ok, FirmwareVerdict.Ok, "None")]
    [InlineData("1.2.0", FirmwareVerdict.Warn, FirmwareVerdict.Warn, "Version.Unproven")]
    [InlineData("1.5.0", FirmwareVerdict.Warn, FirmwareVerdict.Warn, "Version.FirmwareUntested")] // of equal ones every other comes first
    [InlineData("1.5.0", FirmwareVerdict.Refuse, FirmwareVerdict.Refuse, "Version.Unproven")]
    [InlineData("0.9.0", FirmwareVerdict.Refuse, FirmwareVerdict.Refuse, "Version.FirmwareOld")]
    [InlineData("0.9.0", FirmwareVerdict.Warn, FirmwareVerdict.Refuse, "Version.FirmwareOld")]
    public void The_lack_of_a_proof_is_the_last_finding(string version, FirmwareVerdict asked, FirmwareVerdict verdict, string reason)
    {
        var assessment = FirmwareBench.Judge(version, new FirmwareConsequenceOptions { Unproven = asked });
        Assert.Equal((verdict, reason), (assessment.Verdict, assessment.Reason.Name));
    }

    [Fact]
    public void A_report_proves_the_adapter_and_no_part_needs_one_of_its_own()
    {
        var status = FirmwareBench.Status("1.2.0") with { FirmwareParts = [new FirmwarePart("engine", "5", new FirmwareVersion(5))] };
        var consequences = new FirmwareConsequenceOptions { Unproven = FirmwareVerdict.Refuse, Unknown = FirmwareVerdict.Ok };
        var proofs = new HashSet<ConformanceProof> { new("emulated", "Software TOE", "1.2.0") };
        Assert.Equal(FirmwareVerdict.Ok, FirmwareJudge.Judge(FirmwareCatalogueFile.Shipped, proofs, consequences, FirmwareBench.Adapter(), status).Verdict);
        var assessment = FirmwareJudge.Judge(FirmwareCatalogueFile.Shipped, FirmwareBench.Unproven, consequences, FirmwareBench.Adapter(), status);
        Check(assessment, FirmwareVerdict.Refuse, ToeReasons.VersionUnproven, "no report proves emulated/Software TOE with firmware '1.2.0'");
    }

    [Fact]
    public void An_assessment_can_be_written_as_json()
    {
        var json = JsonSerializer.Serialize(FirmwareBench.Judge("1.1.3"));
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Equal("Version.FirmwareBlocked", document.RootElement.GetProperty("Reason").GetProperty("Name").GetString());
    }

    private static void Check(FirmwareAssessment assessment, FirmwareVerdict verdict, ToeReason reason, string text) =>
        Assert.Equal((verdict, reason.With(text)), (assessment.Verdict, assessment.Reason));
}
