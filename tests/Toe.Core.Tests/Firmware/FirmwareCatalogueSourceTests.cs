using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Toe.Core.Tests.Configuration;
using Toe.Firmware;

namespace Toe.Core.Tests.Firmware;

public sealed class FirmwareCatalogueSourceTests : IDisposable
{
    private readonly SignedCatalogue _files = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines<FirmwareCatalogueSource> _log = new();
    private readonly Signal _changed = new();

    public void Dispose()
    {
        _files.Dispose();
        _changed.Dispose();
    }

    [Fact]
    public void Without_a_path_the_shipped_one_holds()
    {
        using var options = new OptionsBox(new ToeOptions());
        using var source = Open(options);
        Assert.Same(FirmwareCatalogueFile.Shipped, source.Current);
    }

    [Fact]
    public void A_signed_replacement_is_taken_on_the_timer()
    {
        _files.Put(SignedCatalogue.First);
        using var options = new OptionsBox(_files.Options());
        using var source = Open(options);
        Assert.Equal(new FirmwareVersion(1), source.Current.Entries[0].Minimum);
        _files.Put(SignedCatalogue.Second);
        Tick();
        Assert.Equal(new FirmwareVersion(2), source.Current.Entries[0].Minimum);
        Assert.Equal(1, _changed.Count);
        Tick();
        Assert.Equal(1, _changed.Count);
    }

    [Fact]
    public async Task A_signed_replacement_is_noticed_without_waiting_for_the_timer()
    {
        _files.Put(SignedCatalogue.First);
        using var options = new OptionsBox(_files.Options());
        using var source = new FirmwareCatalogueSource(options, TimeProvider.System, _log);
        source.Changed += _changed.Set;
        _files.Put(SignedCatalogue.Second);
        await _changed.Wait();
        Assert.Equal(new FirmwareVersion(2), source.Current.Entries[0].Minimum);
    }

    [Theory, Trait("Requirement", "TOE-CIRC-007")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_wrong_replacement_keeps_the_last_good_one_with_one_error(bool signed)
    {
        _files.Put(SignedCatalogue.First);
        using var options = new OptionsBox(_files.Options());
        using var source = Open(options);
        if (signed)
            _files.Put("{");
        else
            _files.Put(SignedCatalogue.Second, _files.Sign(SignedCatalogue.First));
        Tick();
        Tick();
        Assert.Equal(new FirmwareVersion(1), source.Current.Entries[0].Minimum);
        var error = Assert.Single(_log.Errors);
        Assert.Contains("Toe:Firmware:Catalogue: ", error, StringComparison.Ordinal);
        Assert.Contains(signed ? "is malformed: line 1" : "is not a signature of", error, StringComparison.Ordinal);

        // What a person mended is taken.
        _files.Put(SignedCatalogue.Second);
        Tick();
        Assert.Equal(new FirmwareVersion(2), source.Current.Entries[0].Minimum);
    }

    [Fact]
    public void A_reload_of_the_options_takes_another_file()
    {
        using var options = new OptionsBox(new ToeOptions());
        using var source = Open(options);
        _files.Put(SignedCatalogue.First);
        options.Set(_files.Options());
        Assert.Equal("acme/*", source.Current.Entries[0].Name);
        options.Set(new ToeOptions());
        Assert.Same(FirmwareCatalogueFile.Shipped, source.Current);
        Assert.Equal(2, _changed.Count);
    }

    [Fact]
    public void A_wrong_file_at_the_start_stops_it()
    {
        using var options = new OptionsBox(_files.Options());
        var error = Assert.Throws<OptionsValidationException>(() => Open(options));
        Assert.Equal($"Toe:Firmware:Catalogue: '{_files.Path}' does not exist", error.Message);
    }

    private void Tick()
    {
        _time.Advance(new FirmwareOptions().RecheckInterval);
        _time.Advance(FileWatch.Settle); // A notification that came while the clock moved has put the look off.
    }

    private FirmwareCatalogueSource Open(OptionsBox options)
    {
        var source = new FirmwareCatalogueSource(options, _time, _log);
        source.Changed += _changed.Set;
        return source;
    }
}
