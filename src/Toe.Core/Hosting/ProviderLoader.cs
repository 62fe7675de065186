using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.Loader;
using Toe.Hosting;

namespace Toe;

/// <summary>Loads another vendor's provider from its assembly file. Its contract version is read before its code runs; whatever is wrong is a reason, not an exception.</summary>
public static class ProviderLoader
{
    /// <summary>Loads a provider.</summary>
    /// <param name="path">The assembly file, with its dependencies beside it.</param>
    /// <param name="reason"><see cref="ToeReasons.VersionContract"/> or <see cref="ToeReasons.VersionAssemblyLoad"/> when there is no provider.</param>
    /// <returns>The provider; null when the assembly has none that this SDK can use.</returns>
    [RequiresUnreferencedCode("Loads an assembly that the trimmer has not seen.")]
    public static IToeProvider? TryLoad(string path, out ToeReason reason)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            var file = Path.GetFullPath(path);
            if (!File.Exists(file))
            {
                reason = ToeReasons.VersionAssemblyLoad.With($"{file} does not exist");
                return null;
            }

            reason = Check(file);
            return reason.IsNone ? Create(new ProviderLoadContext(file).LoadFromAssemblyPath(file), out reason) : null;
        }
        catch (Exception exception)
        {
            // The loader, the reflection and the provider's own constructor can throw anything.
            var cause = exception is TargetInvocationException { InnerException: { } inner } ? inner : exception;
            reason = ToeReasons.VersionAssemblyLoad.With($"{Path.GetFileName(path)}: {cause.GetType().Name}: {cause.Message}");
            return null;
        }
    }

    /// <summary>Reads the contract version from the file, before anything of it is loaded.</summary>
    private static ToeReason Check(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (ProviderManifest.Read(file) is not { } manifest)
            return ToeReasons.VersionAssemblyLoad.With($"{name} has no [assembly: ToeProvider]");
        return manifest.Major != ContractVersion.Major || manifest.Minor > ContractVersion.Minor
            ? ToeReasons.VersionContract.With(
                $"{name} was built against contract {manifest.Major}.{manifest.Minor}, this SDK has {ContractVersion.Major}.{ContractVersion.Minor}")
            : ToeReason.None;
    }

    [RequiresUnreferencedCode("Looks for the provider's type by name.")]
    private static IToeProvider? Create(Assembly assembly, out ToeReason reason)
    {
        if (assembly.GetCustomAttribute<ToeProviderAttribute>() is not { } attribute || Activator.CreateInstance(attribute.Provider) is not IToeProvider provider)
        {
            reason = ToeReasons.VersionAssemblyLoad.With($"{assembly.GetName().Name} names a type that is not an IToeProvider");
            return null;
        }

        reason = ToeReason.None;
        return provider;
    }

    /// <summary>The provider's own dependencies come from beside it; what the SDK shares with it comes from the SDK.</summary>
    private sealed class ProviderLoadContext(string file) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(file))
    {
        private readonly AssemblyDependencyResolver _resolver = new(file);

        [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The only way here is TryLoad, which says so.")]
        protected override Assembly? Load(AssemblyName assemblyName)
        {
            if (assemblyName.Name is { } name && (name.StartsWith("Toe.", StringComparison.Ordinal) || name.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal)))
            {
                foreach (var shared in Default.Assemblies)
                {
                    if (shared.GetName().Name == name)
                        return shared;
                }
            }

            return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
        }
    }
}
