using System.Runtime.Loader;
using Microsoft.Extensions.DependencyInjection;
using Toe.Core.Tests.Configuration;
using Toe.Emulated;

namespace Toe.Core.Tests.Hosting;

/// <summary>Other vendors' providers by path: the contract's version is read before their code runs, and whatever is wrong is a reason.</summary>
public sealed class ProviderLoaderTests
{
    private static string OldProvider => Path.Combine(AppContext.BaseDirectory, "assets", "OldProvider", "Acme.Offload.dll");

    [Fact, Trait("Requirement", "TOE-CIRC-008")]
    public void VersionContract_of_an_assembly_really_built_against_another_major()
    {
        Assert.Null(ProviderLoader.TryLoad(OldProvider, out var reason));

        Assert.True(reason.Is(ToeReasons.VersionContract), reason.ToString());
        Assert.Contains("Acme.Offload was built against contract 0.9", reason.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(AssemblyLoadContext.All.SelectMany(context => context.Assemblies), loaded => loaded.GetName().Name == "Acme.Offload");
        Assert.False(File.Exists(Path.Combine(AppContext.BaseDirectory, "old-provider-ran"))); // Not a line of it ran.
    }

    [Fact, Trait("Requirement", "TOE-CIRC-008")]
    public void VersionContract_of_newer_contracts()
    {
        using var folder = new TempFolder();
        foreach (var (major, minor) in new[] { (ContractVersion.Major + 1, 0), (ContractVersion.Major, ContractVersion.Minor + 1), (int.MaxValue, int.MinValue), (-1, 0) })
        {
            var file = MadeAssembly.WithProvider(folder.File("Acme.Newer.dll"), major, minor);

            Assert.Null(ProviderLoader.TryLoad(file, out var reason));

            Assert.True(reason.Is(ToeReasons.VersionContract), reason.ToString());
            Assert.Contains($"contract {major}.{minor}, this SDK has {ContractVersion.Major}.{ContractVersion.Minor}", reason.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void VersionAssemblyLoad_of_whatever_cannot_be_loaded()
    {
        using var folder = new TempFolder();
        var text = folder.File("text.dll");
        File.WriteAllText(text, "not an assembly");
        var nothing = folder.File("nothing.dll");
        File.WriteAllBytes(nothing, []);
        foreach (var (file, words) in new[]
        {
            (folder.File("absent.dll"), "does not exist"),
            ("", "ArgumentException"),
            ("/", "does not exist"),
            (text, "BadImageFormatException"),
            (nothing, "BadImageFormatException"),
            (Environment.ProcessPath!, ""),
            (MadeAssembly.Empty(folder.File("Acme.Empty.dll")), "has no [assembly: ToeProvider]"),
            (MadeAssembly.WithProvider(folder.File("Acme.Object.dll"), ContractVersion.Major, ContractVersion.Minor), "not an IToeProvider"),
            (MadeAssembly.WithProvider(folder.File("Acme.Throws.dll"), ContractVersion.Major, ContractVersion.Minor, throws: true), "InvalidOperationException: the constructor's words"),
            (MadeAssembly.WithMissingDependency(folder.File("Acme.Needs.dll")), "Acme.Absent"),
        })
        {
            Assert.Null(ProviderLoader.TryLoad(file, out var reason));
            Assert.True(reason.Is(ToeReasons.VersionAssemblyLoad), $"{file}: {reason}");
            Assert.Contains(words, reason.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TruncatedAssemblies_AreReasons_WhereverTheyAreCut()
    {
        using var folder = new TempFolder();
        var whole = File.ReadAllBytes(OldProvider);
        var file = folder.File("Acme.Cut.dll");
        for (var length = 0; length < whole.Length; length += 61)
        {
            File.WriteAllBytes(file, whole[..length]);
            Assert.Null(ProviderLoader.TryLoad(file, out var reason));
            Assert.True(reason.Is(ToeReasons.VersionAssemblyLoad) || reason.Is(ToeReasons.VersionContract), $"{length}: {reason}");
        }
    }

    [Fact]
    public async Task ProviderOfThisContract_IsLoaded_AndWorks()
    {
        var file = typeof(EmulatedProvider).Assembly.Location;

        var provider = ProviderLoader.TryLoad(file, out var reason);

        Assert.True(reason.IsNone, reason.ToString());
        Assert.NotNull(provider);
        Assert.Equal("emulated", provider.Name);
        await using var stack = ToeStack.Create(builder =>
        {
            builder.AddProvider(_ => provider);
            builder.Services.Configure<ToeOptions>(options => options.Diagnostics.Endpoint = false);
        });
        await stack.StartAsync(TestContext.Current.CancellationToken);
        var adapter = Assert.Single(stack.Adapters);
        Assert.Equal("emulated:fabric", adapter.Identity.Id);
        await using var listener = await stack.ListenAsync(new ToeListenRequest(new(System.Net.IPAddress.Loopback, 0)), TestContext.Current.CancellationToken);
        var accepting = listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask();
        await using var connection = await stack.ConnectAsync(new ToeConnectRequest(listener.LocalEndPoint) { Mode = ToeMode.Require }, TestContext.Current.CancellationToken);
        await using var accepted = await accepting;
        Assert.Equal("emulated:fabric", accepted.Placement.AdapterId);
    }

    [Fact]
    public void NullPath_IsTheCallersMistake() => Assert.Throws<ArgumentNullException>(() => ProviderLoader.TryLoad(null!, out _));
}
