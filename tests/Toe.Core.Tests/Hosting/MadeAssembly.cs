using System.Reflection;
using System.Reflection.Emit;

namespace Toe.Core.Tests.Hosting;

/// <summary>Makes small provider assemblies, right or wrong, as files.</summary>
internal static class MadeAssembly
{
    /// <summary>An assembly that claims a contract and names a type.</summary>
    /// <param name="file">Where to put it.</param>
    /// <param name="major">The contract's major version.</param>
    /// <param name="minor">The minor version.</param>
    /// <param name="parent">The type's base.</param>
    /// <param name="throws">The type's constructor throws.</param>
    public static string WithProvider(string file, int major, int minor, Type? parent = null, bool throws = false)
    {
        var assembly = Begin(file, out var module);
        var type = module.DefineType("Acme.Made", TypeAttributes.Public | TypeAttributes.Class, parent ?? typeof(object));
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator();
        if (throws)
        {
            constructor.Emit(OpCodes.Ldstr, "the constructor's words");
            constructor.Emit(OpCodes.Newobj, typeof(InvalidOperationException).GetConstructor([typeof(string)])!);
            constructor.Emit(OpCodes.Throw);
        }
        else
        {
            constructor.Emit(OpCodes.Ret);
        }

        type.CreateType();
        assembly.SetCustomAttribute(new CustomAttributeBuilder(
            typeof(ToeProviderAttribute).GetConstructor([typeof(Type), typeof(int), typeof(int)])!, [type, major, minor]));
        assembly.Save(file);
        return file;
    }

    /// <summary>An assembly without any provider.</summary>
    public static string Empty(string file)
    {
        Begin(file, out _).Save(file);
        return file;
    }

    /// <summary>A provider whose base type is in an assembly that is not there.</summary>
    public static string WithMissingDependency(string file)
    {
        Begin("/absent/Acme.Absent.dll", out var absent);
        var parent = absent.DefineType("Acme.Absent", TypeAttributes.Public | TypeAttributes.Class);
        parent.DefineDefaultConstructor(MethodAttributes.Public);
        return WithProvider(file, ContractVersion.Major, ContractVersion.Minor, parent);
    }

    private static PersistedAssemblyBuilder Begin(string file, out ModuleBuilder module)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        module = assembly.DefineDynamicModule(name);
        return assembly;
    }
}
