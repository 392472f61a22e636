// SPDX-License-Identifier: Apache-2.0

/// The theme files of this repository's `themes` folder. They are compiled in: the binary needs no file beside it.
enum BuiltInThemes {
    /// By name. The build makes one constant of each file; a test compares this list with the folder.
    static let files: [(name: String, bytes: [UInt8])] = [
        ("clear-blue-yellow", PackageResources.clear_blue_yellow_theme_toml),
        ("clear-red-green", PackageResources.clear_red_green_theme_toml),
        ("contrast-dark", PackageResources.contrast_dark_theme_toml),
        ("contrast-light", PackageResources.contrast_light_theme_toml),
        ("ember", PackageResources.ember_theme_toml),
        ("glacier", PackageResources.glacier_theme_toml),
        ("harbour", PackageResources.harbour_theme_toml),
        ("mallow-dark", PackageResources.mallow_dark_theme_toml),
        ("mallow-light", PackageResources.mallow_light_theme_toml),
        ("mono", PackageResources.mono_theme_toml),
        ("night-garden", PackageResources.night_garden_theme_toml),
        ("paper", PackageResources.paper_theme_toml),
    ]
}
